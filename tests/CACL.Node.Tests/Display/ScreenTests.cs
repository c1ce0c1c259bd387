using CACL.Actors.Tests.Fakes;
using CACL.Node.Display;
using CACL.Node.Settings;
using CACL.Runs.Steps;
using Spectre.Console;

namespace CACL.Node.Tests.Display;

public sealed class ScreenTests
{
    private static readonly ProgressSnapshot Snapshot = new()
    {
        Step = 40,
        Steps = 400,
        Epoch = 1.25,
        Epochs = 12.5,
        Loss = 9.7123,
        Metrics = CaclResults.Of(9.7123, global: 4.1, cycle: 0.5, top1: 0.125).Metrics,
        Chance = Math.Log(1025),
        QueueFill = 0.625,
        LearningRate = 0.2,
        PairsPerSecond = 31.25,
        DataWaitShare = 0.02,
        Elapsed = TimeSpan.FromSeconds(75),
        Remaining = TimeSpan.FromHours(1.5),
    };

    [Fact]
    public void A_line_tells_everything_and_leaves_out_the_head_that_is_off()
    {
        Assert.Equal(
            "epoch 1.25 of 12.5  step 40 of 400  loss 9.712 global 4.100 cycle 0.500 (chance 6.93) top-1 12.5 % queue 62.5 % filled  "
                + "31.3 pairs/s  waiting for data 2.0 %  lr 0.2  0:01:15 gone, 1:30:00 to go",
            ProgressText.Line(Snapshot));
    }

    [Fact]
    public void Where_there_is_no_terminal_lines_and_progress_are_whole_lines()
    {
        using var shown = new StringWriter();
        using (var screen = new Screen(Console(shown, ansi: false), live: false, TimeSpan.FromHours(1)))
        {
            Parallel.For(0, 200, i =>
                screen.Line($"line {i} of a log that must not be wrapped or torn whatever the width of the console may be", Style.Plain));
            screen.Show(Snapshot);
        }

        var lines = shown.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(201, lines.Length);
        Assert.Equal(200, lines.Where(
            l => l.StartsWith("line ", StringComparison.Ordinal) && l.EndsWith("may be", StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains(ProgressText.Line(Snapshot), lines);
    }

    [Fact]
    public void On_a_terminal_log_lines_scroll_above_the_progress_which_stays_last()
    {
        using var shown = new StringWriter();
        using (var screen = new Screen(Console(shown, ansi: true), live: true, TimeSpan.FromHours(1)))
        {
            screen.Show(Snapshot);
            for (var i = 0; i < 20; i++) screen.Line($"event {i}", Style.Plain);
        }

        var text = shown.ToString();
        // Each line erases its row of the display.
        for (var i = 0; i < 20; i++)
            Assert.Contains($"event {i}\u001b[K\n", text.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(text.LastIndexOf("step 40 of 400", StringComparison.Ordinal) > text.LastIndexOf("event 19", StringComparison.Ordinal));
    }

    [Fact]
    public void A_console_that_takes_nothing_holds_nobody_up()
    {
        using var stuck = new StuckWriter();
        using (var screen = new Screen(Console(stuck, ansi: false), live: false, TimeSpan.FromHours(1)))
        {
            // There are more lines than the queue holds: the rest is dropped instead of waited for.
            for (var i = 0; i < 10_000; i++) screen.Line("flood", Style.Plain);
            screen.Show(Snapshot);
            stuck.LetGo();
        }

        Assert.InRange(stuck.Lines, 1, 10_000);
        Assert.Contains("left out here; the log file has them", stuck.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_follows_the_steps_of_a_run()
    {
        var settings = ConfigurationFiles.Load(
            [], ["cacl.training.batch-size=16", "cacl.model.queue-size=1024"], new Dictionary<string, string>()).Settings;
        var shown = new List<ProgressSnapshot>();
        var progress = new RunProgress(settings, new RunLength(160, 16, 100), shown.Add, TimeProvider.System);
        for (var step = 1; step <= 70; step++)
        {
            progress.Observe(new StepMetrics(
                step, step / 10.0, CaclResults.Of(9, global: 4, pixel: 5, top1: 0.5), StepSeconds: 1.5, WaitSeconds: 0.5, Pairs: 16));
        }

        var last = shown[^1];
        Assert.Equal((70, 100, 7.0, 10.0), (last.Step, last.Steps, last.Epoch, last.Epochs));
        Assert.Equal(8, last.PairsPerSecond, 6);
        Assert.Equal(0.25, last.DataWaitShare, 6);
        Assert.Equal(60, last.Remaining!.Value.TotalSeconds, 3);
        Assert.Equal(
            ["loss_global 4.00", "loss_pixel 5.00", "top1_global 0.50"],
            last.Metrics.Select(m => FormattableString.Invariant($"{m.Spec.Name} {m.Value:0.00}")));
        Assert.Equal(Math.Log(1025), last.Chance!.Value, 12);
        Assert.Equal(1, last.QueueFill);
        Assert.Equal(16.0 / 1024, shown[0].QueueFill, 12);
    }

    private static IAnsiConsole Console(TextWriter writer, bool ansi)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = ansi ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 80;
        return console;
    }

    private sealed class StuckWriter : StringWriter
    {
        private readonly ManualResetEventSlim _free = new();

        public int Lines { get; private set; }

        public string Text => ToString();

        public void LetGo() => _free.Set();

        public override void WriteLine(string? value)
        {
            _free.Wait();
            Lines++;
            base.WriteLine(value);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _free.Dispose();
            base.Dispose(disposing);
        }
    }
}
