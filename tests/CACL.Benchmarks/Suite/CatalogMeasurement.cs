namespace CACL.Benchmarks.Suite;

/// <summary>What a run does at its start with a catalogue of Kinetics' size.</summary>
internal sealed class CatalogMeasurement : IMeasurement
{
    /// <inheritdoc/>
    public string Name => "catalog";

    /// <inheritdoc/>
    public string Does => "a catalogue of 240,000 videos: opening it, and reading records";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        var (rows, file) = (Workbench.Text(bench.Settings.Size(240_000, 1000)), bench.New("large-catalog"));
        bench.Benchmark("fill-catalog", file, "--rows", rows);
        var what = $"catalogue of {rows} videos: opening and reading what sampling needs";
        var read = bench.Compare(what, () => bench.Benchmark("catalog", file, "--samples", "1000"));
        yield return read.Row(new Row(Name, what, "s", FigureKind.Duration), "open_and_load_s");
        if (read.Ours.Lack is not null) yield break;
        yield return read.Row(new Row(Name, "… 1,000 records with their frame times", "s", FigureKind.Duration), "records_s");
        yield return read.Row(new Row(Name, "… its peak memory", "MiB", FigureKind.Amount), "peak_mib");
    }
}
