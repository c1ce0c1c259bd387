using System.Globalization;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;
using CACL.Testing;
using TorchSharp;

namespace CACL.Actors.Tests.Loop;

/// <summary>
/// Counts libtorch's tensors in a run, alone in the process since they are counted over all of it. CACL_SOAK_STEPS sets the number of
/// steps.
/// </summary>
[CollectionDefinition(nameof(TensorCountTests), DisableParallelization = true)]
[Collection(nameof(TensorCountTests))]
public sealed class TensorCountTests
{
    private static long Steps => Environment.GetEnvironmentVariable("CACL_SOAK_STEPS") is { Length: > 0 } steps
        ? long.Parse(steps, CultureInfo.InvariantCulture)
        : LongTests.Wanted ? 100 : 12;

    [Fact]
    public async Task There_are_as_many_tensors_at_each_steps_end_with_checkpoints_in_between()
    {
        using var folder = new TemporaryFolder();
        var counts = new List<long>();
        var training = new RealTraining(folder.Path)
        {
            Steps = Steps,
            CheckpointEverySteps = Math.Max(5, Steps / 20),
            After = step =>
            {
                // What building the state left to the collector is gone from then on.
                if (step == 0) Collect();
                counts.Add(torch.Tensor.TotalCount);
            },
        };
        Assert.Equal(RunEnd.Completed, (await training.RunAsync()).End);
        Assert.Equal(Steps, counts.Count);
        Assert.True(counts[0] > 0);
        Assert.True(counts.Distinct().Count() == 1, string.Join(' ', counts));
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
