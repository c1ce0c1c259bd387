namespace CACL.Node.Evaluation.Beside;

/// <summary>What a child process says, in a file of bounded size. A disk that does not take it loses it: nobody waits for a log.</summary>
internal sealed class OutputFile : IDisposable
{
    private const int MostLetters = 1 << 20;

    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private int _room = MostLetters;

    /// <summary>Makes the file.</summary>
    public OutputFile(string path)
    {
        _writer = new StreamWriter(path) { AutoFlush = true };
    }

    /// <summary>Appends. May be called by several threads.</summary>
    public void Write(ReadOnlyMemory<char> text)
    {
        lock (_gate)
        {
            if (_room == 0) return;
            var part = text[..Math.Min(_room, text.Length)];
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
