namespace CACL.Benchmarks.Suite;

/// <summary>Decoding of stride-8 pairs from videos as they came and from prepared ones; the peer always reads them as they came.</summary>
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
        foreach (var prepared in new[] { false, true })
        {
            foreach (var workers in Workers.Where(workers => workers <= Math.Max(1, bench.Settings.Cores)))
            {
                var (count, pairs) = (Workbench.Text(workers), Workbench.Text(bench.Settings.Size(400, 16)));
                var what = $"decode, {(prepared ? "prepared" : "raw")} clips, S = {Side}, workers: {count}";
                string[] arguments = ["--workers", count, "--size", Side, "--pairs", pairs];
                Figures Peer() =>
                    ProgramRun.Of(bench.Peer.Script("peer.py", ["decode", bench.Clips.Raw, .. arguments]), bench.Stop).Figures();
                var row = new Row(Name, what, "pairs/s", FigureKind.Rate);
                if (prepared && Lack(bench) is { } lack)
                {
                    yield return row with { Note = lack.Message, Failed = lack is not NotHereException };
                    break;
                }

                yield return bench.Compare(
                    what,
                    () => bench.Benchmark(["decode", prepared ? bench.Clips.Prepared() : bench.Clips.Raw, .. arguments]),
                    Peer).Row(row, Rate, Rate);
            }
        }
    }

    private static MeasurementException? Lack(Workbench bench)
    {
        try
        {
            _ = bench.Clips.Prepared();
            return null;
        }
        catch (MeasurementException lack)
        {
            return lack;
        }
    }
}
