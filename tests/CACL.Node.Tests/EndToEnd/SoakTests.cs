using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Watches a training of many steps, with checkpoints and evaluations, from outside. CACL_SOAK_STEPS sets their number, 1,000 otherwise;
/// twelve hours' worth are 20,000.
/// </summary>
public sealed partial class SoakTests(SmallRuns runs, ITestOutputHelper output) : IClassFixture<SmallRuns>
{
    // The heaps still settle in the first thousands of steps: on machines that others kept busy, a thousand had slopes of 3 to 36 MB, and
    // twenty thousand of -1.3 MB in a thousand. So only a long run can be held to a hundredth; a short one finds a leak of 80 kB a step.
    private const int FewestForMemory = 1000;
    private const int FewestForLevelMemory = 10_000;

    // A short run has too few answers for a percentile: one in a hundred may fall into what a busy machine does beside it.
    private const double MostForAnAnswer = 50;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private static long Steps => Environment.GetEnvironmentVariable("CACL_SOAK_STEPS") is { Length: > 0 } steps
        ? long.Parse(steps, CultureInfo.InvariantCulture)
        : 1000;

    [Fact]
    public async Task Memory_descriptors_threads_and_temporary_files_stay_what_they_are_after_the_first_steps()
    {
        LongTests.Only("A thousand steps");
        var (run, temporary) = (runs.Folder("soak"), Directory.CreateDirectory(runs.Folder("soak-temporary")).FullName);
        var discs = runs.Folder("soak-discs");
        LabelledPictures.Write(discs);
        var (saves, evaluates) = (Math.Max(20, Steps / 40), Math.Max(30, Steps / 10));
        var wait = TimeSpan.FromMilliseconds(2000 * Steps);
        using var process = CaclProcess.StartWith(
            new Dictionary<string, string> { ["TMPDIR"] = temporary, ["OMP_NUM_THREADS"] = "1" },
            runs.Train(
                run, "--set", "cacl.training.batch-size=2", "--set", "cacl.model.bn-splits=1", "--set",
                $"cacl.training.max-steps={Steps}", "--set", "cacl.training.epochs=1000000", "--set",
                "cacl.training.learning-rate=0.01", "--set", $"cacl.checkpoints.every-steps={saves}", "--set",
                $"cacl.evaluation.datasets=folder:{discs}", "--set", "cacl.evaluation.quick.image-size=32", "--set",
                "cacl.evaluation.quick.epochs=2", "--set", $"cacl.evaluation.every-steps={evaluates}"));
        var figures = new List<ProcessFigures>();
        var answers = new List<double>();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
        process.Until(() => NodeFile.Read(run) is not null && SmallRuns.Steps(run) >= 1);
        var status = new Uri(NodeFile.Read(run)!.Address, "/api/status");
        var lines = new LineCount(Path.Combine(run, "metrics.jsonl"));
        for (var began = Stopwatch.GetTimestamp(); lines.Now() < Steps; Eventually.Pause(BetweenLooks))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < wait, $"Waited in vain for step {Steps}:\n{process.Output}");
            if (ProcessFigures.Of(process.Id, lines.Now(), temporary) is not { } seen)
                break; // it has ended; its exit code says how
            figures.Add(seen);
            var asked = Stopwatch.GetTimestamp();
            try
            {
                using var answer = await http.GetAsync(status, TestContext.Current.CancellationToken);
                Assert.True(answer.IsSuccessStatusCode);
            }
            catch (HttpRequestException) when (lines.Now() >= Steps)
            {
                break; // it has just done its last step
            }

            answers.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        }

        Assert.Equal(0, process.WaitForExit(wait));
        var after = figures.Where(f => f.Step >= Steps / 5).ToList();
        // The most of a few looks: within a step, and where unused pages are given back, it falls for a while.
        var memory = LeastSquares.Of(
        [
            .. after.Chunk(Math.Max(1, after.Count / 60))
                .Select(looks => (looks.Average(f => f.Step), looks.Max(f => (double)f.ResidentBytes))),
        ]);
        Report(figures, after, memory, answers);
        // Growth that the measurements do not rule out may be noise; growth that they show may not be more than this share of the memory.
        var share = Steps >= FewestForLevelMemory ? 0.01 : 0.1;
        if (Steps >= FewestForMemory)
            Assert.True(memory.Least * Steps < after.Average(f => f.ResidentBytes) * share, "The resident memory grows.");
        AssertLevel("descriptors", after, f => f.Descriptors, tolerance: 2);
        AssertLevel("threads", after, f => f.Threads, tolerance: 4);
        AssertLevel("temporary files", after, f => f.TemporaryFiles, tolerance: 0);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(temporary),
            name => !name.Contains("clr-debug", StringComparison.Ordinal) && !name.Contains("dotnet-diagnostic", StringComparison.Ordinal));
        if (Steps >= FewestForLevelMemory) Assert.InRange(Percentile(answers, 0.99), 0, MostForAnAnswer);
        AssertAllWasSavedAndEvaluated(run, saves, evaluates);
    }

    // Each evaluation has a checkpoint of its own. One that waits until the next is due gives way to it, which a busy machine's log says.
    private static void AssertAllWasSavedAndEvaluated(string run, long saves, long evaluates)
    {
        var log = File.ReadAllLines(Path.Combine(run, "train.log"));
        List<long> due = [.. Multiples(evaluates), .. Steps % evaluates == 0 ? Array.Empty<long>() : [Steps]];
        Assert.Equal(
            Multiples(saves).Concat(due).Append(Steps).Distinct().Order(),
            log.Select(line => SavedStep().Match(line)).Where(match => match.Success)
                .Select(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Order());
        var evaluated = File.ReadAllLines(Path.Combine(run, "evaluations.jsonl"));
        Each.Holds(evaluated, line => Assert.Contains("\"status\":\"done\"", line, StringComparison.Ordinal));
        Assert.NotEmpty(evaluated);
        var replaced = log.Count(line => line.Contains("takes the place of the one of", StringComparison.Ordinal));
        Assert.Equal(due.Count, evaluated.Length + replaced);
    }

    private static IEnumerable<long> Multiples(long every) => Enumerable.Range(1, (int)(Steps / every)).Select(i => i * every);

    private static double Percentile(List<double> sorted, double share) => sorted[(int)(sorted.Count * share)];

    [GeneratedRegex(@"Checkpoint \{Path\} written in .*step-0*([0-9]+)")]
    private static partial Regex SavedStep();

    // An evaluation that runs has pipes and threads of its own, so that the least of a third is what the training needs by itself.
    private static void AssertLevel(string what, List<ProcessFigures> after, Func<ProcessFigures, int> figure, int tolerance)
    {
        var (first, last) = (after.Take(after.Count / 3).Min(figure), after.TakeLast(after.Count / 3).Min(figure));
        Assert.True(last <= first + tolerance, $"There were {first} {what} after the first steps and {last} at the end.");
    }

    private void Report(List<ProcessFigures> all, List<ProcessFigures> after, LeastSquares memory, List<double> answers)
    {
        answers.Sort();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Steps} steps, {all.Count} looks. Resident memory {after.Average(f => f.ResidentBytes) / 1e6:0.0} MB on average after the "
            + $"first fifth, slope {memory.Slope:0.00} kB in a thousand steps (95 %: {memory.Least:0.00} to "
            + $"{memory.Most:0.00}). Descriptors {after.Min(f => f.Descriptors)} to {after.Max(f => f.Descriptors)}, threads "
            + $"{after.Min(f => f.Threads)} to {after.Max(f => f.Threads)}, temporary files {after.Min(f => f.TemporaryFiles)} to "
            + $"{after.Max(f => f.TemporaryFiles)}. /api/status: {Percentile(answers, 0.5):0.0} ms in the median, "
            + $"{Percentile(answers, 0.99):0.0} ms at the 99th percentile, {answers[^1]:0.0} ms at most.");
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("CACL_SOAK_REPORT") is { Length: > 0 } report)
            File.WriteAllLines(report, [text, .. all.Select(f => $"{f}")]);
    }

    /// <summary>Counts the lines of a file that only grows, each once.</summary>
    private sealed class LineCount(string path)
    {
        private long _read;
        private long _lines;

        public long Now()
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Position = _read;
            Span<byte> block = stackalloc byte[4096];
            for (int count; (count = file.Read(block)) > 0; _read += count) _lines += block[..count].Count((byte)'\n');
            return _lines;
        }
    }
}
