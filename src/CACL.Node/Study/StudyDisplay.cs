using System.Globalization;
using CACL.Node.Display;

namespace CACL.Node.Study;

/// <summary>
/// Shows a study's progress: sentences, and on a terminal a line below them that changes in place; elsewhere that line appears once a
/// minute.
/// </summary>
internal sealed class StudyDisplay : IDisposable
{
    private const string Erase = "\r\u001b[K";
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Plain = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly bool _isLive;
    private readonly Timer _timer;
    private Func<string?>? _line;

    /// <summary>Creates a display on a writer.</summary>
    public StudyDisplay(TextWriter output)
    {
        _output = output;
        _isLive = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var every = _isLive ? Live : Plain;
        _timer = new Timer(_ => Tick(), null, every, every);
    }

    /// <summary>Shows a sentence.</summary>
    public void Say(string sentence)
    {
        lock (_gate)
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(_isLive ? Erase : "")}{DateTime.Now:HH:mm:ss} {sentence}"));
    }

    /// <summary>
    /// Shows a changing line until the returned object is disposed. The function may be called from another thread; null: nothing to show.
    /// </summary>
    public IDisposable Show(Func<string?> line)
    {
        lock (_gate) _line = line;
        return new Shown(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Hide();
    }

    /// <summary>Returns a duration, or a question mark.</summary>
    public static string Clock(double? seconds) => seconds is { } s and >= 0 and < 1e9 ? ProgressText.Clock(TimeSpan.FromSeconds(s)) : "?";

    private void Tick()
    {
        Func<string?>? line;
        lock (_gate) line = _line;
        // Outside the lock: it reads files.
        if (line?.Invoke() is not { } text) return;
        lock (_gate)
        {
            if (!ReferenceEquals(line, _line)) return;
            if (_isLive) _output.Write(Erase + text[..Math.Min(text.Length, Math.Max(20, Console.WindowWidth - 1))]);
            else _output.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");
        }
    }

    private void Hide()
    {
        lock (_gate)
        {
            _line = null;
            if (_isLive) _output.Write(Erase);
        }
    }

    private sealed class Shown(StudyDisplay display) : IDisposable
    {
        public void Dispose() => display.Hide();
    }
}
