using System.Text;

namespace CACL.Data.Processes;

/// <summary>
/// Keeps the last lines of a text that comes in pieces, however long the text is. Blank lines do not count; of a line that is too long, the
/// beginning is kept. Thread-safe.
/// </summary>
/// <param name="most">Number of lines to keep.</param>
/// <param name="longest">Number of characters to keep of a line.</param>
/// <param name="ended">Receives every line when it ends, before later lines push it out; or null.</param>
public sealed class LastLines(int most, int longest, Action<string>? ended = null)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();

    /// <summary>The lines, including one that has not ended yet.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                var last = _line.ToString();
                return string.IsNullOrWhiteSpace(last) ? [.. _lines] : [.. _lines.TakeLast(most - 1), last];
            }
        }
    }

    /// <summary>Adds a piece of the text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            foreach (var letter in text)
            {
                if (letter is '\n' or '\r') Keep();
                else if (_line.Length < longest) _line.Append(letter);
            }
        }
    }

    private void Keep()
    {
        var line = _line.ToString();
        _line.Clear();
        if (string.IsNullOrWhiteSpace(line)) return;
        ended?.Invoke(line);
        if (_lines.Count == most) _lines.Dequeue();
        _lines.Enqueue(line);
    }
}
