using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Workers in processes of their own decode and evaluate for two ranks that train together.</summary>
public sealed partial class RankWorkerTests(MadeClips clips) : IDisposable
{
    private const int Terminate = 15;

    // On a machine that others use, a run takes minutes.
    private static readonly TimeSpan ARun = TimeSpan.FromMinutes(10);

    private readonly SmallRuns _runs = new(clips);

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Workers_decode_for_each_rank_and_evaluate_for_rank_0_and_leave_no_trace_in_the_numbers()
    {
        OpenMpi.Require();
        LongTests.Only("Two runs of two ranks, and three workers");
        var (alone, shared, data) = (_runs.Folder("alone"), _runs.Folder("shared"), _runs.Folder("discs"));
        LabelledPictures.Write(data);
        var dataSets = $"cacl.evaluation.datasets=[\"folder:{data}\"]";
        using (var trainer = CaclProcess.Start(Train(alone))) Assert.True(trainer.WaitForExit(ARun) == 0, trainer.Output);
        using var ranks = CaclProcess.Start(Train(
            shared,
            "--set", "cacl.cluster.enabled=true", "--set", "cacl.cluster.port=auto", "--set", "cacl.cluster.data-port=auto",
            "--set", dataSets, "--set", "cacl.evaluation.quick.image-size=32", "--set", "cacl.evaluation.quick.epochs=3"));
        ranks.Until(() => Rank0().IsMatch(ranks.Output) && Rank1().IsMatch(ranks.Output) && SmallRuns.Steps(shared) >= 1);
        CaclProcess.AssertSuccess(CaclProcess.Run("pause", "--run", shared));
        var (first, second) = (Rank0().Match(ranks.Output).Groups[1].Value, Rank1().Match(ranks.Output).Groups[1].Value);
        Assert.NotEqual(first, second);
        using var decoder = Decoder(first);
        using var other = Decoder(second);
        using var evaluator = Worker(
            first, "evaluator", "--set", dataSets, "--set", $"cacl.cluster.cache.folder={_runs.Folder("cache")}");
        ranks.Until(() => ranks.Output.Contains("evaluates for this training", StringComparison.Ordinal)
            && IsLinked(decoder) && IsLinked(other));
        CaclProcess.AssertSuccess(CaclProcess.Run("resume", "--run", shared));
        Assert.True(ranks.WaitForExit(ARun) == 0, ranks.Output);
        Assert.Equal(SmallRuns.Losses(alone), SmallRuns.Losses(shared));
        foreach (var worker in new[] { decoder, other })
        {
            worker.Until(() => Went().IsMatch(worker.Output));
            Assert.True(int.Parse(Went().Match(worker.Output).Groups[1].Value, CultureInfo.InvariantCulture) > 0, worker.Output);
        }

        var line = Assert.Single(File.ReadLines(Path.Combine(shared, "evaluations.jsonl")));
        Assert.True(JsonNode.Parse(line)!["worker"] is not null, line);
        evaluator.Signal(Terminate);
        Assert.Equal(143, evaluator.WaitForExit());
    }

    private static bool IsLinked(CaclProcess worker) => worker.Output.Contains("Decoding for the trainer", StringComparison.Ordinal);

    private CaclProcess Decoder(string trainer) =>
        Worker(trainer, "decoder", "--set", $"cacl.data.videos={_runs.Clips}", "--set", "cacl.data.decoders=1");

    // In this much memory are 170 pairs of a rank's 400: with less to do, all would be decoded before a worker is there.
    private string[] Train(string run, params string[] more) => _runs.Train(
        run,
        [
            "--ranks", "2", "--set", "cacl.training.max-steps=200", "--set", "cacl.checkpoints.every-steps=0", "--set",
            "cacl.data.ahead.epochs=1", "--set", "cacl.data.in-flight-memory=1MiB", .. more,
        ]);

    private static CaclProcess Worker(string trainer, string role, params string[] more) =>
        CaclProcess.Start(["worker", "--role", role, "--join", trainer, .. more]);

    [GeneratedRegex(@"INF Workers join with: cacl worker --role decoder --join (\S+)")]
    private static partial Regex Rank0();

    [GeneratedRegex(@"Rank 1: Workers join with: cacl worker --role decoder --join (\S+)")]
    private static partial Regex Rank1();

    [GeneratedRegex(@"([0-9]+) pairs went to the trainer")]
    private static partial Regex Went();
}
