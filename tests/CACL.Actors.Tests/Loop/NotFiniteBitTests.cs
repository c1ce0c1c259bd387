using System.Security.Cryptography;
using System.Text.Json;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Loop;

/// <summary>Tests NaN in a step of the real method: it is caught there, and no bit of it is saved.</summary>
public sealed class NotFiniteBitTests
{
    private const long Step = 3; // the fourth; the second checkpoint would be that after it

    [Fact]
    public async Task NaN_at_a_step_is_caught_there_and_left_out_or_ends_the_run_and_is_never_saved()
    {
        var (halted, halt) = await TrainAsync(OnNotFinite.Halt, NaN);
        Assert.Equal((RunEnd.Failed, Step), (halted.End, halted.Step));
        Assert.Contains($"loss of step {Step + 1} is not finite", halted.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], halt.Steps);
        Assert.Equal(["step-00000002"], halt.Checkpoints);

        var (skipped, skip) = await TrainAsync(OnNotFinite.Skip, NaN);
        Assert.Equal((RunEnd.Completed, 6), (skipped.End, skipped.Step));
        Assert.Equal([1, 2, 3, 5, 6], skip.Steps);
        Assert.Equal("step-00000006", skip.Checkpoints[^1]);

        var (rolledBack, rollBack) = await TrainAsync(OnNotFinite.Rollback, NaN);
        Assert.Equal((RunEnd.Completed, 6), (rolledBack.End, rolledBack.Step));
        Assert.Equal([1, 2, 3, 3, 5, 6], rollBack.Steps);
        Assert.Equal(skip.LastWeights, rollBack.LastWeights);

        if (!LongTests.Wanted) return; // one more run, without NaN

        // The step that is left out leaves no trace: what precedes it is that of a run without NaN.
        var (_, calm) = await TrainAsync(OnNotFinite.Halt, (_, settings) => settings);
        Assert.Equal(calm.FirstWeights, skip.FirstWeights);
        Assert.NotEqual(calm.LastWeights, skip.LastWeights);

        static StepSettings NaN(long step, StepSettings settings) =>
            step == Step ? settings with { Weights = settings.Weights!.With("global", double.NaN) } : settings;
    }

    private static async Task<(RunOutcome Outcome, Seen Seen)> TrainAsync(
        OnNotFinite reaction, Func<long, StepSettings, StepSettings> before)
    {
        using var folder = new TemporaryFolder();
        var outcome = await new RealTraining(folder.Path) { OnNotFinite = reaction, Before = before }.RunAsync()
            .WaitAsync(TimeSpan.FromMinutes(2));
        var checkpoints = Directory.EnumerateDirectories(folder.File("checkpoints"), "step-*").Order(StringComparer.Ordinal).ToList();
        Each.Holds(checkpoints, path => Each.Holds(
            CheckpointStore.Load(path).Snapshot.Tensors, tensor => Assert.True(tensor.Values.All(float.IsFinite), tensor.Name)));
        var steps = File.ReadLines(folder.File("metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64()).ToList();
        var names = checkpoints.Select(path => Path.GetFileName(path)).ToArray();
        return (outcome, new Seen(steps, names, Hash(checkpoints[0]), Hash(checkpoints[^1])));
    }

    private static string Hash(string checkpoint) => string.Join('\n', Directory.EnumerateFiles(checkpoint, "*.safetensors")
        .Order(StringComparer.Ordinal).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));

    private sealed record Seen(List<long> Steps, string[] Checkpoints, string FirstWeights, string LastWeights);
}
