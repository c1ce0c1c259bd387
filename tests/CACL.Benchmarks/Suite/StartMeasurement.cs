namespace CACL.Benchmarks.Suite;

/// <summary>How long the program takes to start: to say its version, and to a training's first line of metrics.</summary>
internal sealed class StartMeasurement : IMeasurement
{
    /// <inheritdoc/>
    public string Name => "start";

    /// <inheritdoc/>
    public string Does => "the start of cacl --version, and of a training to the end of its first step";

    /// <inheritdoc/>
    public IEnumerable<Row> Rows(Workbench bench)
    {
        const string Version = "start: cacl --version";
        yield return bench.Compare(Version, () => Seconds(bench.Cacl("--version").Seconds))
            .Row(new Row(Name, Version, "s", FigureKind.Duration), "seconds");
        foreach (var device in bench.Settings.Devices)
        {
            var what = $"start: cacl train to the end of its first step, {device}, R18, B = 8, S = 64";
            yield return bench.Compare(what, () => Seconds(Training.Of(
                bench, bench.Clips.Made, steps: 1, watchMemory: false, $"cacl.training.device={device}", "cacl.data.crop-size=64",
                "cacl.training.batch-size=8", "cacl.model.queue-size=256").SecondsToFirstLine))
                .Row(new Row(Name, what, "s", FigureKind.Duration), "seconds");
        }
    }

    private static Figures Seconds(double seconds) => new(new Dictionary<string, double> { ["seconds"] = seconds });
}
