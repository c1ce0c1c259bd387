using System.Text;

namespace CACL.Data.Processes;

/// <summary>
/// The last lines of a text that comes in pieces, however long it is. A blank line is none; of a line that is too long the beginning
/// stays. Thread-safe.
/// </summary>
/// <param name="most">How many lines are kept.</param>
/// <param name="longest">How many letters of a line are kept.</param>
/// <param name="ended">Told of every line when it ends, before it is pushed out by later ones; or null.</param>
public sealed class LastLines(int most, int longest, Action<string>? ended = null)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();

    /// <summary>The lines, one that is not ended included.</summary>
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
