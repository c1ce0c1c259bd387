using System.Globalization;
using System.Text.Json;
using CACL.Learning.Weights;
using CACL.Runs.Folder;

namespace CACL.Node.Tests.Faults;

/// <summary>What a training that was killed must have left in its folder.</summary>
internal static class KilledRun
{
    /// <summary>
    /// Asserts that what was reported as saved is there, and each evaluation once. What is lost is what was computed since the newest
    /// checkpoint: an interval, and what more was computed while the next one was being written.
    /// </summary>
    /// <param name="run">The run folder.</param>
    /// <param name="interval">Steps between two checkpoints.</param>
    public static void AssertLittleIsLost(string run, int interval)
    {
        var checkpoints = Path.Combine(run, "checkpoints");
        var loaded = LatestLink.In(checkpoints).Path is { } latest ? StepOf(latest) : 0;
        var reports = LinesOf(run, "train.log");
        var written = Reports(reports, "Checkpoint {Path} written")
            .Select(line => (Step: StepOf(line.GetProperty("Path").GetString()!), Seconds: line.GetProperty("Seconds").GetDouble()))
            .ToList();
        var reported = written.Select(report => report.Step).DefaultIfEmpty(0).Max();
        Assert.True(loaded >= reported, $"The checkpoint of step {reported} was reported, and the one of step {loaded} is the newest.");

        var judged = LinesOf(run, RunFiles.Evaluations).Select(line => line.GetProperty("step").GetInt32()).ToList();
        Assert.Equal(judged.Distinct(), judged);
        var told = Reports(reports, "Evaluation of step {Step} on {Target}{By:l}: ").Select(line => line.GetProperty("Step").GetInt32());
        Assert.Empty(told.Except(judged));

        if (!Directory.Exists(checkpoints)) return;
        var figures = LinesOf(run, RunFiles.Metrics);
        var done = figures.Select(NumberOf).LastOrDefault();
        var begun = Directory.EnumerateFileSystemEntries(checkpoints).Select(Path.GetFileName)
            .Where(name => name!.Contains("step-", StringComparison.Ordinal))
            .Select(name => StepOf(name!.Split('-').SkipWhile(part => part != "step").Take(2).Last()))
            // The step that follows a snapshot says how long that took.
            .Concat(figures.Where(line => line.GetProperty("snapshot_seconds").GetDouble() > 0).Select(line => NumberOf(line) - 1))
            .DefaultIfEmpty(0).Max();
        // One that is there and not yet reported is still being written: no other was begun.
        if (begun <= loaded) begun = loaded > reported ? loaded : done;
        if (begun - loaded <= interval) return;
        // The next snapshot was due before, and could not be taken as long as the former one was being written.
        var between = figures.Where(line => NumberOf(line) > loaded && NumberOf(line) < begun)
            .Select(line => line.GetProperty("step_seconds").GetDouble()).ToList();
        var writing = written.Where(report => report.Step == loaded).Select(report => report.Seconds).DefaultIfEmpty(0).Max();
        Assert.True(
            between.Sum() <= writing + (3 * between.DefaultIfEmpty(0).Max()),
            $"{done} steps were done, and the newest checkpoint is of step {loaded}: it took {writing} s of {between.Sum()} s.");
    }

    private static IEnumerable<JsonElement> Reports(IEnumerable<JsonElement> log, string begin) =>
        log.Where(line => line.GetProperty("@mt").GetString()!.StartsWith(begin, StringComparison.Ordinal));

    private static List<JsonElement> LinesOf(string run, string name) =>
        Path.Combine(run, name) is var file && File.Exists(file) ? [.. JsonLinesFile.Read(file)] : [];

    private static int NumberOf(JsonElement line) => line.GetProperty("step").GetInt32();

    private static int StepOf(string checkpoint) => int.Parse(checkpoint.AsSpan()[^8..], CultureInfo.InvariantCulture);
}
