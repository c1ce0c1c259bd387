using System.Text.Json;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

namespace CACL.Node.Tests.Planning;

/// <summary>Holds what a plan says against a training that really ran.</summary>
public sealed class PlannedRunTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Fact]
    public void Pairs_and_bytes_of_a_checkpoint_are_those_of_the_run()
    {
        var planned = Planned("--videos", "12");
        Assert.Equal(SmallRuns.Steps(runs.Undisturbed), planned("steps"));
        Assert.Equal(4 * SmallRuns.Steps(runs.Undisturbed), planned("pairs"));
        var checkpoints = Directory.GetDirectories(Path.Combine(runs.Undisturbed, "checkpoints"), "step-*");
        var newest = checkpoints.Max(StringComparer.Ordinal)!;
        var bytes = Directory.EnumerateFiles(newest, "*.safetensors").Sum(file => new FileInfo(file).Length);
        Assert.Equal(bytes, planned("checkpoint"));
    }

    [Fact]
    public void A_measurement_leaves_no_question_open_and_nothing_behind()
    {
        LongTests.Only("Measuring takes ten seconds of decoding and ten of steps");
        var planned = Planned("--videos", "12", "--measure", "--set", $"cacl.run.directory={runs.Folder("not-made")}");
        Assert.True(planned("duration") > 0);
        Assert.True(planned("decoder_cores") > 0);
        Assert.True(planned("saving_a_checkpoint") > 0);
        Assert.True(planned("memory_a_card") > planned("memory_a_card_at_least") / 2);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(runs.Folder("x"))!, ".cacl-plan*"));
    }

    private Func<string, double> Planned(params string[] more)
    {
        var train = runs.Train("unused");
        var configuration = train[Array.IndexOf(train, "--config") + 1];
        using var process = CaclProcess.Start(["plan", "--json", "--config", configuration, .. more]);
        Assert.True(process.WaitForExit() == 0, process.Output);
        var planned = JsonDocument.Parse(process.StandardOutput[^1]).RootElement.GetProperty("planned");
        return name => planned.GetProperty(name).GetProperty("value").GetDouble();
    }
}
