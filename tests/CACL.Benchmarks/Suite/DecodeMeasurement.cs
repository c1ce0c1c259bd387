namespace CACL.Benchmarks.Suite;

/// <summary>
/// Decoding of stride-8 pairs from videos as they came, pair by pair and as a training's stream delivers them, and from prepared ones; the
/// peer always reads the videos as they came, pair by pair.
/// </summary>
internal sealed class DecodeMeasurement : IMeasurement
{
    private const string Side = "224";
    private const string Rate = "pairs_per_s";
    private static readonly int[] Workers = [1, 2, 4, 8, 16];

    /// <inheritdoc/>
    public string Name => "decode";

    /// <inheritdoc/>
    public string Does => "decoding of pairs, by numbers of workers up to the number of cores";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        var pairs = Workbench.Text(bench.Settings.Size(400, 16));
        var ofEpochs = Workbench.Text(bench.Settings.Size(1600, 64)); // several passes through every video
        return Rows(bench, "decode, raw clips", () => ["decode", bench.Clips.Raw, "--pairs", pairs])
            .Concat(Rows(bench, "decode, raw clips, four epochs a pass", () => ["deliver", bench.Clips.Raw, "--pairs", ofEpochs]))
            .Concat(Rows(bench, "decode, prepared clips", () => ["decode", bench.Clips.Prepared(), "--pairs", pairs]));

        Figures Peer(string[] arguments) =>
            ProgramRun.Of(bench.Peer.Script("peer.py", ["decode", bench.Clips.Raw, "--pairs", pairs, .. arguments]), bench.Stop).Figures();

        IEnumerable<Row> Rows(Workbench bench, string way, Func<string[]> ours)
        {
            foreach (var workers in Workers.Where(workers => workers <= Math.Max(1, bench.Settings.Cores)))
            {
                var count = Workbench.Text(workers);
                var what = $"{way}, S = {Side}, workers: {count}";
                string[] arguments = ["--workers", count, "--size", Side];
                var row = new Row(Name, what, "pairs/s", FigureKind.Rate);
                if (Lack(ours) is { } lack)
                {
                    yield return row with { Note = lack.Message, Failed = lack is not NotHereException };
                    break;
                }

                yield return bench.Compare(what, () => bench.Benchmark([.. ours(), .. arguments]), () => Peer(arguments))
                    .Row(row, Rate, Rate);
            }
        }
    }

    // Making the prepared clips may fail.
    private static MeasurementException? Lack(Func<string[]> ours)
    {
        try
        {
            _ = ours();
            return null;
        }
        catch (MeasurementException lack)
        {
            return lack;
        }
    }
}
