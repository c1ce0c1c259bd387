using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Folder;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.Explain;

/// <summary>Tests past steps of real trainings, which recorded their bytes and losses.</summary>
public sealed class ExplainTests(MadeClips clips)
{
    // With seven videos and four pairs a step, most batches straddle epochs.
    [Fact]
    public async Task Every_step_of_a_resumed_run_is_explained_with_its_bytes_and_reproduced_to_the_bit_where_a_checkpoint_allows_it()
    {
        using var run = RecordedRun.New(clips);
        Assert.Equal(RunEnd.Stopped, (await run.TrainAsync(RunStart.New, stopAfter: 4)).End);
        Assert.Equal(RunEnd.Completed, (await run.TrainAsync(RunStart.Resume)).End);
        var before = Files(run.Folder);
        var steps = Enumerable.Range(1, RecordedRun.Steps).Select(step => Explain(run.Folder, step, "--no-replay")).ToList();
        Assert.Equal(
            Enumerable.Range(1, RecordedRun.Steps).Select(step => run.Seen[step]), steps.Select(s => s.GetProperty("sha256").GetString()));
        Each.Holds(
            steps, step => Assert.Equal(step.GetProperty("step").GetInt64(), step.GetProperty("recorded").GetProperty("step").GetInt64()));
        Assert.Contains(
            steps, s => s.GetProperty("samples").EnumerateArray().Select(p => p.GetProperty("epoch").GetInt32()).Distinct().Count() == 2);
        // The first checkpoint was written after three steps, or when the run was stopped.
        var kept = Directory.GetDirectories(Path.Combine(run.Folder, "checkpoints"), "step-*")
            .Min(d => int.Parse(Path.GetFileName(d).AsSpan(5)));
        Assert.InRange(kept, 3, 8);
        Assert.Contains(
            "no checkpoint from before step", Explain(run.Folder, kept).GetProperty("replay").GetProperty("why_not").GetString(),
            StringComparison.Ordinal);
        foreach (var step in new[] { kept + 1, RecordedRun.Steps })
        {
            var replay = Explain(run.Folder, step).GetProperty("replay");
            Assert.True(replay.GetProperty("reproduced").GetBoolean(), $"{replay}");
        }

        Assert.Equal(before, Files(run.Folder));
    }

    [Fact]
    public async Task Videos_that_failed_then_and_steps_left_out_come_out_as_they_were()
    {
        using var run = RecordedRun.New(clips);
        // One video vanishes before its first turn, one makes decoders hang, and one step's losses are not finite.
        File.Delete(run.Clip(2));
        run.Decoder = decoder => new Hanging(decoder, run.Clip(5));
        run.NotFinite.Add(7);
        Assert.Equal(RunEnd.Completed, (await run.TrainAsync(RunStart.New)).End);
        var steps = Enumerable.Range(1, RecordedRun.Steps).Select(step => Explain(run.Folder, step, "--no-replay")).ToList();
        Assert.Equal(
            Enumerable.Range(1, RecordedRun.Steps).Select(step => run.Seen[step]), steps.Select(s => s.GetProperty("sha256").GetString()));
        var instead = steps.SelectMany(s => s.GetProperty("samples").EnumerateArray())
            .SelectMany(s => s.GetProperty("instead_of").EnumerateArray())
            .Select(v => v.GetProperty("reason").GetString()).ToHashSet();
        Assert.Equal("Deadline Unreadable", string.Join(' ', instead.Order(StringComparer.Ordinal)));
        Assert.Equal(JsonValueKind.Null, steps[6].GetProperty("recorded").ValueKind);
        var replay = Explain(run.Folder, 9).GetProperty("replay");
        Assert.True(replay.GetProperty("reproduced").GetBoolean(), $"{replay}");
        Assert.Contains(
            "its losses were not finite and it was left out", Cacl("explain", "--run", run.Folder, "--step", "7", "--no-replay").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_that_vanished_since_is_named_and_the_rest_is_shown()
    {
        LongTests.Only("A training, three explanations and two scans");
        using var run = RecordedRun.New(clips);
        await run.TrainAsync(RunStart.New);
        var whole = Explain(run.Folder, 9, "--out", run.File("whole"));
        var lost = whole.GetProperty("samples")[1].GetProperty("video").GetString()!;
        File.Delete(lost);
        var (status, output, error) = Cacl("explain", "--run", run.Folder, "--step", "9", "--out", run.File("out"));
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Contains($"1: its frames are no longer available: {lost} is gone", output, StringComparison.Ordinal);
        Assert.Contains("cannot be recomputed: pairs of the batch are missing", output, StringComparison.Ordinal);

        // The plans are the same; this video's row is hatched, the others are not.
        var after = JsonDocument.Parse(File.ReadAllText(run.File("out", "step-00000009.json"))).RootElement;
        Assert.Equal(Plans(whole), Plans(after));
        Assert.Equal(RecordedRun.Batch + 1, File.ReadAllLines(run.File("out", "step-00000009.csv")).Length);
        using var sheet = SKBitmap.Decode(run.File("whole", "step-00000009.png"));
        using var sheetAfter = SKBitmap.Decode(run.File("out", "step-00000009.png"));
        Assert.Equal((sheet.Width, sheet.Height), (sheetAfter.Width, sheetAfter.Height));
        var rows = Enumerable.Range(0, sheet.Height)
            .Where(y => Enumerable.Range(0, sheet.Width).Any(x => sheet.GetPixel(x, y) != sheetAfter.GetPixel(x, y)))
            .ToList();
        Assert.InRange(rows.Count, 100, sheet.Height / 3);

        // A scan marks the video as vanished: the others keep their places.
        Assert.Equal(ExitCodes.Success, Cacl("videos", "scan", run.File("videos"), "--catalog", run.Catalog).Status);
        Assert.Equal(Plans(whole), Plans(Explain(run.Folder, 9, "--no-replay")));
        foreach (var name in new[] { "new-1.mp4", "new-2.mp4" })
            File.Copy(Directory.GetFiles(run.File("videos")).First(), run.File("videos", name));
        Assert.Equal(ExitCodes.Success, Cacl("videos", "scan", run.File("videos"), "--catalog", run.Catalog).Status);
        // After some videos vanished and others came, all of the same length and size, it is unknown which ones were used.
        AssertRefused("does not hold the videos that the run was trained on", "explain", "--run", run.Folder, "--step", "9");
    }

    [Fact]
    public async Task What_cannot_be_explained_is_told()
    {
        using var run = RecordedRun.New(clips);
        await run.TrainAsync(RunStart.New, stopAfter: 2);
        AssertRefused("has 9 steps in all; there is no step 10", "explain", "--run", run.Folder, "--step", "10");
        Assert.Contains("The run has not reached it", Cacl("explain", "--run", run.Folder, "--step", "9").Output, StringComparison.Ordinal);
        AssertRefused("cacl.seed: 11 then, 12 now", "explain", "--run", run.Folder, "--step", "1", "--set", "cacl.seed=12");
        AssertRefused(
            "There is no catalogue", "explain", "--run", run.Folder, "--step", "1", "--set",
            $"cacl.data.catalog={run.File("none.sqlite")}");
        AssertRefused("There is no run folder", "explain", "--run", run.File("none"), "--step", "1");
        AssertRefused("holds no run (no config.resolved.conf)", "explain", "--run", run.File("videos"), "--step", "1");
        var next = $"{File.ReadAllLines(Path.Combine(run.Folder, "metrics.jsonl")).Length + 1}";
        foreach (var state in Directory.GetFiles(run.Folder, "query.safetensors", SearchOption.AllDirectories))
            File.WriteAllText(state, "damaged");
        var (status, output, error) = Cacl("explain", "--run", run.Folder, "--step", next);
        Assert.Equal(ExitCodes.Success, status);
        Assert.Contains("query.safetensors has 7 bytes", error, StringComparison.Ordinal);
        Assert.Contains($"no checkpoint from before step {next} can be used", output, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run.Folder, "config.resolved.conf"), "cacl { seed = ");
        AssertRefused("config.resolved.conf:1", "explain", "--run", run.Folder, "--step", "1");
    }

    [Theory]
    [InlineData("--step: expected a whole number of 1 or more", "--step", "0")]
    [InlineData("--step", "--step", "first")]
    public void A_wrong_command_line_is_refused(string expected, params string[] more)
    {
        var (status, _, error) = Cacl(["explain", "--run", "a", .. more]);
        Assert.Equal(ExitCodes.Usage, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static JsonElement Explain(string run, int step, params string[] more)
    {
        var (status, output, error) = Cacl(["explain", "--run", run, "--step", $"{step}", "--json", .. more]);
        Assert.True(status == ExitCodes.Success, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static string[] Plans(JsonElement step) =>
    [
        .. step.GetProperty("samples").EnumerateArray().Select(s =>
            string.Join(' ', s.EnumerateObject().Where(p => p.Name != "missing").Select(
                p => p.Value.GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)))),
    ];

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f =>
            $"{f} {new FileInfo(f).Length} {File.GetLastWriteTimeUtc(f):O}").Order(StringComparer.Ordinal)];

    private static void AssertRefused(string expected, params string[] arguments)
    {
        var (status, _, error) = Cacl(arguments);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static (int Status, string Output, string Error) Cacl(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = CaclCommandLine.Run(arguments, output, error);
        return (status, output.ToString(), error.ToString());
    }

    /// <summary>A decoder that never finishes one video.</summary>
    private sealed class Hanging(IPairDecoder decoder, string path) : IPairDecoder
    {
        public void Decode(
            VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
        {
            if (video.Path == path) throw new VideoUnusableException(path, UnusableReason.Deadline, $"{path} took too long.");
            decoder.Decode(video, plan, size, deadline, first, second, cancel);
        }

        public void Dispose() => decoder.Dispose();
    }
}
