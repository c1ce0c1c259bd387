namespace CACL.Benchmarks.Suite;

/// <summary>
/// Whole trainings from videos to steps, on videos as they came and on prepared ones: pairs a second, the share of waiting for data, and
/// the peak memory with all processes. The peer always reads the videos as they came, and has a whole training on a processor only.
/// </summary>
internal sealed class RunMeasurement : IMeasurement
{
    private const int Decoders = 2;

    private static readonly (string Figure, string Words, string Unit, FigureKind Kind)[] Figures =
    [
        ("pairs_per_s", "", "pairs/s", FigureKind.Rate), ("wait", "… its share of waiting for data", "%", FigureKind.Amount),
        ("memory", "… its peak memory, all processes", "MiB", FigureKind.Amount),
    ];

    /// <inheritdoc/>
    public string Name => "run";

    /// <inheritdoc/>
    public string Does => "whole trainings on raw and prepared clips, with their memory";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench) =>
        from device in bench.Settings.Devices
        from prepared in new[] { false, true }
        from precision in bench.Settings.PrecisionsOn(device)
        from row in Rows(bench, device, prepared, precision)
        select row;

    private IEnumerable<Row> Rows(Workbench bench, string device, bool prepared, string precision)
    {
        var shape = (device, bench.Settings.Quick) switch
        {
            (_, true) => new StepShape(18, 4, 64, 256),
            ("cpu", _) => new StepShape(18, 16, 112),
            _ => new StepShape(18, 32, 224),
        };
        var steps = bench.Settings.Size(device == "cpu" ? 13 : 60, 3);
        var what = $"training on {(prepared ? "prepared" : "raw")} clips, {device}, {precision}, {shape.Words}, decoders: {Decoders}";
        var compared = bench.Compare(
            what,
            () => Ours(bench, device, prepared, precision, shape, steps),
            device == "cpu" ? () => Peer(bench, precision, shape, steps) : null);
        foreach (var (figure, words, unit, kind) in Figures)
        {
            yield return compared.Row(new Row(Name, words.Length > 0 ? words : what, unit, kind), figure, figure);
            if (compared.Ours.Lack is not null) yield break;
        }
    }

    private static Figures Ours(Workbench bench, string device, bool prepared, string precision, StepShape shape, int steps)
    {
        var videos = prepared ? bench.Clips.Prepared() : bench.Clips.Raw;
        var training = Training.Of(
            bench, videos, steps, watchMemory: true, $"cacl.training.device={device}", $"cacl.training.precision={precision}",
            $"cacl.data.crop-size={shape.Size}", $"cacl.training.batch-size={shape.Batch}", $"cacl.model.queue-size={shape.Queue}",
            $"cacl.data.decoders={Decoders}");
        return new Figures(new Dictionary<string, double>
        {
            ["pairs_per_s"] = shape.Batch * training.Steps / training.Seconds,
            ["wait"] = 100 * training.WaitShare,
            ["memory"] = training.Run.PeakMib,
        });
    }

    private static Figures Peer(Workbench bench, string precision, StepShape shape, int steps)
    {
        string[] arguments =
        [
            "train", bench.Clips.Raw, "--workers", Workbench.Text(Decoders), "--threads", Workbench.Text(bench.Settings.Threads),
            .. shape.PeerArguments, "--precision", precision, "--steps", Workbench.Text(steps - 1),
        ];
        var run = ProgramRun.Of(bench.Peer.Script("peer.py", arguments), bench.Stop, watchMemory: true);
        var figures = run.Figures();
        return figures["data_wait_share"] is { } share
            ? figures.With("memory", run.PeakMib).With("wait", 100 * share)
            : throw new MeasurementException("The peer's training printed no data_wait_share.");
    }
}
