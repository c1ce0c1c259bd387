using CACL.Data.Files;

namespace CACL.Data.Processes;

/// <summary>What a child process says, in a file. A disk that does not take it loses it: nobody waits for a log. Thread-safe.</summary>
public sealed class ChildLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private long _room;

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether what it holds stays.</param>
    /// <param name="most">How many letters it takes; the rest is lost.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public ChildLog(string path, bool append, long most)
    {
        _room = most;
        var stream = RegularFile.Open(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <summary>Appends.</summary>
    public void Write(ReadOnlyMemory<char> text)
    {
        lock (_gate)
        {
            if (_room == 0) return;
            var part = text[..(int)Math.Min(_room, text.Length)];
            _room -= part.Length;
            try
            {
                _writer.Write(part.Span);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                _room = 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _room = 0;
            try
            {
                _writer.Dispose();
            }
            catch (IOException)
            {
                // as above
            }
        }
    }
}
