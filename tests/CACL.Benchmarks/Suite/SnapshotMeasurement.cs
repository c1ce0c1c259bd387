namespace CACL.Benchmarks.Suite;

/// <summary>How long a training stands still while its state is copied for a checkpoint.</summary>
internal sealed class SnapshotMeasurement : IMeasurement
{
    /// <inheritdoc/>
    public string Name => "snapshot";

    /// <inheritdoc/>
    public string Does => "the copy of a training's state for a checkpoint";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        foreach (var device in bench.Settings.Devices)
        {
            foreach (var depth in bench.Settings.Quick ? new[] { 18 } : [18, 50])
            {
                var queue = bench.Settings.Size(16384, 256);
                var what = $"snapshot on {device}, R{depth}, K = {queue}";
                var taken = bench.Compare(what, () => bench.Benchmark(
                    "snapshot", "--device", device, "--depth", Workbench.Text(depth), "--queue", Workbench.Text(queue), "--times",
                    Workbench.Text(bench.Settings.Size(10, 2))));
                var row = taken.Row(new Row(Name, what, "s", FigureKind.Duration), "seconds");
                yield return row;
                if (row.OursMedian is not null)
                    yield return taken.Row(new Row(Name, "… the first of a run", "s", FigureKind.Duration), "first_seconds");
            }
        }
    }
}
