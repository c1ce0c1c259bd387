using CACL.Data.Files;

namespace CACL.Data.Processes;

/// <summary>
/// Writes the output of a child process to a file. If the disk does not take it, it is lost: nobody waits for a log. Thread-safe.
/// </summary>
public sealed class ChildLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private long _room;

    /// <summary>Opens the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether to keep what the file already contains.</param>
    /// <param name="most">Most characters that the file takes; the rest is lost.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Opening the file is not permitted.</exception>
    public ChildLog(string path, bool append, long most)
    {
        _room = most;
        var stream = RegularFile.Open(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <summary>Appends a text.</summary>
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
