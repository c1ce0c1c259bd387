using System.Runtime.CompilerServices;
using System.Text.Json;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Runs a training whose wall clock jumps by decades three times a second, forth and back.</summary>
public sealed class JumpingClockTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    [Fact]
    public void A_training_whose_wall_clock_jumps_by_decades_ends_with_the_same_losses()
    {
        LongTests.Only("A training whose clock jumps");
        var library = runs.Folder("jumping_clock.so");
        var lack = CCompiler.TryCompile("a clock that jumps", Source(), library);
        Assert.SkipWhen(lack is not null, lack ?? "");
        var run = runs.Folder("jumping");
        using var training = CaclProcess.StartWith(new Dictionary<string, string> { ["LD_PRELOAD"] = library }, runs.Train(run));
        Assert.True(training.WaitForExit() == 0, training.Output);
        Assert.Equal(SmallRuns.Losses(runs.Undisturbed), SmallRuns.Losses(run));
        // It did jump, both ways, and more than once.
        int[] years =
        [
            .. File.ReadLines(Path.Combine(run, "train.log"))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("@t").GetDateTime().Year),
        ];
        Assert.InRange(years.Max() - years.Min(), 50, 70);
        Assert.InRange(years.Zip(years.Skip(1)).Count(pair => Math.Abs(pair.First - pair.Second) > 20), 2, int.MaxValue);
    }

    private static string Source([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "jumping_clock.c");
}
