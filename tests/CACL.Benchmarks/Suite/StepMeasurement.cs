namespace CACL.Benchmarks.Suite;

/// <summary>A training step on ready batches, on each device in each precision, whole beside the peer's, and by part.</summary>
internal sealed class StepMeasurement : IMeasurement
{
    private const string Whole = "step_seconds";

    private static readonly (string Figure, string Words)[] Parts =
    [
        ("transfer_seconds", "transfer and augmentation"), ("forward_seconds", "forward"), ("backward_seconds", "backward"),
        ("optimiser_seconds", "optimiser"),
    ];

    /// <inheritdoc/>
    public string Name => "step";

    /// <inheritdoc/>
    public string Does => "training steps, whole and by part, in each precision";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench) =>
        from device in bench.Settings.Devices
        from shape in Shapes(device, bench.Settings.Quick)
        from precision in bench.Settings.PrecisionsOn(device)
        from row in Rows(bench, device, shape, precision)
        select row;

    private static StepShape[] Shapes(string device, bool quick) => (device, quick) switch
    {
        (_, true) => [new(18, 4, 64, 256) { InParts = true }],
        ("cpu", _) => [new(18, 16, 112) { InParts = true }, new(18, 8, 64)],
        _ => [new(18, 32, 224) { InParts = true }, new(50, 32, 224) { InParts = true }, new(18, 8, 64)],
    };

    private IEnumerable<Row> Rows(Workbench bench, string device, StepShape shape, string precision)
    {
        var what = $"step on {device}, {precision}, {shape.Words}";
        var compared = bench.Compare(
            what, () => Ours(bench, device, shape, precision, graph: false), () => Peer(bench, device, shape, precision));
        var whole = compared.Row(new Row(Name, what, "s", FigureKind.Duration), Whole, Whole);
        yield return whole;
        if (whole.OursMedian is null) yield break;
        foreach (var (figure, words) in shape.InParts ? Parts : [])
            yield return compared.Row(new Row(Name, $"… its {words}", "s", FigureKind.Duration), figure);
        if (device == "cpu") yield break;
        yield return bench.Compare(
            $"{what}, CUDA graph", () => Ours(bench, device, shape, precision, graph: true), () => Peer(bench, device, shape, precision))
            .Row(new Row(Name, "… replayed as a CUDA graph", "s", FigureKind.Duration), Whole, Whole);
    }

    private static Figures Ours(Workbench bench, string device, StepShape shape, string precision, bool graph) => bench.Benchmark(
    [
        "step", "--device", device, "--precision", precision, .. shape.Arguments, "--threads", Workbench.Text(bench.Settings.Threads),
        "--steps", Steps(bench, device), "--parts", shape.InParts && !graph ? Workbench.Text(bench.Settings.Size(3, 1)) : "0",
        "--cuda-graph", graph ? "1" : "0",
    ]);

    private static Figures Peer(Workbench bench, string device, StepShape shape, string precision)
    {
        string[] more = [.. shape.PeerArguments, "--precision", precision, "--steps", Steps(bench, device)];
        var script = device == "cpu"
            ? bench.Peer.Script("peer.py", ["step", .. more, "--threads", Workbench.Text(bench.Settings.Threads)])
            : bench.Peer.Script("peer_gpu.py", more);
        return ProgramRun.Of(script, bench.Stop).Figures();
    }

    private static string Steps(Workbench bench, string device) => Workbench.Text(bench.Settings.Size(device == "cpu" ? 6 : 40, 2));
}
