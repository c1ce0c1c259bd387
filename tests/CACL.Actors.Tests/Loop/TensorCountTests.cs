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
        var (first, steps) = (0L, 0L);
        var training = new RealTraining(folder.Path)
        {
            Steps = Steps,
            CheckpointEverySteps = Math.Max(5, Steps / 20),
            After = step =>
            {
                // What building the state left to the collector is gone from then on.
                if (step == 0) Collect();
                var now = torch.Tensor.TotalCount;
                if (steps++ == 0) first = now;
                // The run ends here: of the long one nobody needs the rest.
                if (now != first) throw new InvalidOperationException($"{now} tensors after step {step}, {first} after the first one");
            },
        };
        var outcome = await training.RunAsync();
        Assert.True(outcome.End == RunEnd.Completed, outcome.Message);
        Assert.Equal(Steps, steps);
        Assert.True(first > 0);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
