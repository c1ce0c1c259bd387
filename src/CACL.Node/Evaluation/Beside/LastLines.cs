using System.Text;

namespace CACL.Node.Evaluation.Beside;

/// <summary>The last lines of a stream of text, however long that is. An empty line is none; of a line that is too long the beginning stays.</summary>
internal sealed class LastLines(int most, int longest)
{
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();

    /// <summary>The last lines, one that is not ended included.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            Keep();
            return [.. _lines];
        }
    }

    /// <summary>Reads to the end; hands every piece on.</summary>
    public async Task ReadAsync(StreamReader from, Action<ReadOnlyMemory<char>> passOn)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            passOn(buffer.AsMemory(0, count));
            Add(buffer.AsSpan(0, count));
        }
    }

    private void Add(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (letter is '\n' or '\r') Keep();
            else if (_line.Length < longest) _line.Append(letter);
        }
    }

    private void Keep()
    {
        var line = _line.ToString();
        _line.Clear();
        if (string.IsNullOrWhiteSpace(line)) return;
        if (_lines.Count == most) _lines.Dequeue();
        _lines.Enqueue(line);
    }
}
