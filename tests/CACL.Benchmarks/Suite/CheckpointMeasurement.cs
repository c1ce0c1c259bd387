namespace CACL.Benchmarks.Suite;

/// <summary>
/// How much a training is slowed down by a checkpoint every 50 steps, and by evaluations beside it. Trainings without and with them take
/// turns; the slow-down is that of each repetition. Everything counts that a step waited for, snapshots included; an evaluation takes its
/// share of the processor while it runs, so the table also says what a fair share by its threads would have taken.
/// </summary>
internal sealed class CheckpointMeasurement : IMeasurement
{
    private const int Batch = 16;

    /// <inheritdoc/>
    public string Name => "checkpoint";

    /// <inheritdoc/>
    public string Does => "the slow-down of a training by checkpoints, and by evaluations beside it";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        var (steps, every) = (bench.Settings.Size(151, 5), bench.Settings.Size(50, 2));
        foreach (var device in bench.Settings.Devices)
        {
            var what = $"training on made clips, {device}, R18, B = {Batch}, S = 64, {steps} steps";
            var taken = bench.Turns.Take(what,
            [
                ("plain", () => Train(bench, device, steps, 0, evaluates: false)),
                ("with checkpoints", () => Train(bench, device, steps, every, evaluates: false)),
                ("with evaluations", () => Train(bench, device, steps, every, evaluates: true)),
            ]);
            foreach (var row in Rows(what, every, taken[0], taken[1], taken[2])) yield return row;
        }
    }

    private IEnumerable<Row> Rows(string what, int every, Repeated plain, Repeated checkpoints, Repeated evaluations)
    {
        var rate = new Row(Name, what, "pairs/s", FigureKind.Rate);
        yield return new Comparison(plain, null).Row(rate, "pairs_per_s");
        if (plain.Lack is not null) yield break;
        foreach (var (words, with) in new[] { ($"a checkpoint every {every} steps", checkpoints), ("an evaluation of each, too", evaluations) })
        {
            yield return new Comparison(with, null).Row(rate with { What = $"… with {words}" }, "pairs_per_s");
            if (with.Lack is not null) yield break;
            yield return new Row(Name, $"… slow-down with {words}", "%", FigureKind.Amount)
            {
                Ours = [.. plain.Runs.Zip(with.Runs, SlowDown)],
            };
        }

        yield return new Comparison(evaluations, null).Row(
            new Row(Name, "… what a fair share of the cores for the evaluations would take", "%", FigureKind.Amount), "fair_share");
    }

    private static double SlowDown(Figures before, Figures after) =>
        100 * (1 - (after["pairs_per_s"]!.Value / before["pairs_per_s"]!.Value));

    private static Figures Train(Workbench bench, string device, int steps, int every, bool evaluates)
    {
        var training = Training.Of(
            bench, bench.Clips.Made, steps, watchMemory: false,
            [
                $"cacl.training.device={device}", "cacl.data.crop-size=64", "cacl.model.queue-size=128", "cacl.model.enqueue-pixels=8",
                $"cacl.training.batch-size={Batch}", $"cacl.checkpoints.every-steps={every}", "cacl.checkpoints.keep=2",
                .. evaluates ? Evaluations(bench, every) : [],
            ]);
        return new Figures(new Dictionary<string, double>
        {
            ["pairs_per_s"] = Batch * training.Steps / training.Seconds,
            ["fair_share"] = FairShare(bench, training.EvaluationThreadSeconds / training.Seconds),
        });
    }

    // Where more threads want to run than there are cores, each gets as much as the others.
    private static double FairShare(Workbench bench, double threadsBeside) =>
        100 * (1 - Math.Min(1, bench.Settings.Cores / (bench.Settings.Threads + threadsBeside)));

    private static string[] Evaluations(Workbench bench, int every) =>
    [
        $"cacl.evaluation.datasets=[{{name=clips,kind=folder,data={Training.Quoted(bench.Clips.Labelled)}}}]",
        $"cacl.evaluation.every-steps={every}", "cacl.evaluation.at-end=false", "cacl.evaluation.quick.image-size=128",
        "cacl.evaluation.quick.train-images=48", "cacl.evaluation.quick.test-images=48",
        $"cacl.evaluation.quick.epochs={bench.Settings.Size(30, 1)}",
    ];
}
