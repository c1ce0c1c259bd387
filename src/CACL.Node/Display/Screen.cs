using System.Collections.Concurrent;
using Spectre.Console;

namespace CACL.Node.Display;

/// <summary>
/// The console while something runs: log lines scroll; on a terminal, progress stays below them, and elsewhere it is a line now and then.
/// One thread writes everything, so lines and display never garble each other; callers only enqueue what is to be shown. Lines that come
/// faster than the console takes them are counted and dropped: the log file has them.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const int MostWaiting = 2000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private readonly IAnsiConsole _console;
    private readonly bool _live;
    private readonly TimeSpan _every;
    private readonly BlockingCollection<(string Text, Style Style)> _lines = new(MostWaiting);
    private readonly CancellationTokenSource _closing = new();
    private readonly Thread _thread;
    private ProgressSnapshot? _latest;
    private int _leftOut;

    /// <summary>Starts the display.</summary>
    /// <param name="console">The console, which nobody else uses until this is disposed.</param>
    /// <param name="live">Whether progress stays in place on the screen; see <see cref="CanBeLive"/>.</param>
    /// <param name="every">Time between two progress lines if it does not.</param>
    public Screen(IAnsiConsole console, bool live, TimeSpan every)
    {
        _console = console;
        _live = live;
        _every = every;
        _thread = new Thread(Run) { IsBackground = true, Name = "screen" };
        _thread.Start();
    }

    /// <summary>Returns whether a console is a terminal that can redraw.</summary>
    public static bool CanBeLive(IAnsiConsole console) =>
        console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;

    /// <summary>Shows a line. Returns at once, from any thread.</summary>
    public void Line(string text, Style style)
    {
        try
        {
            if (!_lines.TryAdd((text, style))) Interlocked.Increment(ref _leftOut);
        }
        catch (InvalidOperationException)
        {
            // The screen was disposed while this line was on its way: there is nothing left to show it on.
        }
    }

    /// <summary>Shows the run's progress. Returns at once, from any thread.</summary>
    public void Show(ProgressSnapshot snapshot) => Volatile.Write(ref _latest, snapshot);

    /// <summary>
    /// Shows what is still waiting, then releases the console. If the console accepts nothing, it is given up after a while.
    /// </summary>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested) return;
        _closing.Cancel();
        _lines.CompleteAdding();
        // If the thread is still blocked in a write, what it uses must stay.
        if (!_thread.Join(LastWords)) return;
        _lines.Dispose();
        _closing.Dispose();
    }

    private void Run()
    {
        try
        {
            if (_live) _console.Live(Text.Empty).AutoClear(false).Start(RunLive);
            else RunPlain();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The console is gone (a closed pipe). The run continues; the log file has everything.
        }
    }

    private void RunLive(LiveDisplayContext context)
    {
        ProgressSnapshot? shown = null;
        while (!_lines.IsCompleted)
        {
            PassLines();
            var latest = Volatile.Read(ref _latest);
            if (latest is null || ReferenceEquals(latest, shown)) continue;
            context.UpdateTarget(Picture(latest));
            shown = latest;
        }
    }

    private void RunPlain()
    {
        ProgressSnapshot? shown = null;
        var sinceShown = System.Diagnostics.Stopwatch.StartNew();
        while (!_lines.IsCompleted)
        {
            PassLines();
            var latest = Volatile.Read(ref _latest);
            var due = shown is null || sinceShown.Elapsed >= _every || _closing.IsCancellationRequested;
            if (latest is null || ReferenceEquals(latest, shown) || !due) continue;
            WritePlain(ProgressText.Line(latest));
            shown = latest;
            sinceShown.Restart();
        }
    }

    // Waits for a line, then takes all that are there, but no longer than a tick, so that progress moves even under a flood of lines.
    private void PassLines()
    {
        var until = Environment.TickCount64 + (long)Tick.TotalMilliseconds;
        var wait = Tick;
        while (_lines.TryTake(out var line, wait))
        {
            if (_live) _console.Write(new LogLine(line.Text, line.Style));
            else WritePlain(line.Text);
            if (Environment.TickCount64 >= until) break;
            wait = TimeSpan.Zero;
        }

        if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
            WritePlain($"({leftOut} lines left out here; the log file has them)");
    }

    // Without a terminal there is no width, so nothing may be wrapped: a line stays a line for those who read it from a file.
    private void WritePlain(string text)
    {
        if (_live) _console.Write(new LogLine(text, Style.Plain));
        else _console.Profile.Out.Writer.WriteLine(text);
    }

    private static Rows Picture(ProgressSnapshot s) => new(
        new Rule { Style = new Style(Color.Grey) },
        new Text(ProgressText.Place(s)),
        new Text(ProgressText.Losses(s)),
        new Text(ProgressText.Pace(s)),
        new Columns(Bar(s), new Text(ProgressText.Time(s))) { Expand = false });

    private static Text Bar(ProgressSnapshot s)
    {
        const int Width = 40;
        var done = s.Steps > 0 ? (int)(Width * Math.Clamp((double)s.Step / s.Steps, 0, 1)) : 0;
        return new Text(new string('━', done) + new string('─', Width - done), new Style(Color.Green));
    }
}
