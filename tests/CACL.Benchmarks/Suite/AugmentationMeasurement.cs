namespace CACL.Benchmarks.Suite;

/// <summary>The augmentation of a batch, with its copy to the device. PyTorch scripts augment in their decoding workers.</summary>
internal sealed class AugmentationMeasurement : IMeasurement
{
    /// <inheritdoc/>
    public string Name => "augmentation";

    /// <inheritdoc/>
    public string Does => "a batch's copy to the device, flips, colours and blur";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        var (batch, size) = (Workbench.Text(bench.Settings.Size(32, 4)), Workbench.Text(bench.Settings.Size(224, 64)));
        foreach (var device in bench.Settings.Devices)
        {
            var what = $"augmentation on {device}, B = {batch}, S = {size}";
            yield return bench.Compare(what, () => bench.Benchmark(
                "augmentation", "--device", device, "--batch", batch, "--size", size, "--threads", Workbench.Text(bench.Settings.Threads)))
                .Row(new Row(Name, what, "s", FigureKind.Duration), "seconds");
        }
    }
}
