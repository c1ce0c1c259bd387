using CACL.Learning.Weights;

namespace CACL.Learning.Tests.Weights;

/// <summary>Makes small snapshots and states to save.</summary>
internal static class Snapshots
{
    public static readonly CheckpointArchitecture Architecture = new("resnet18", "global,pixel,cycle", 16, 128, "zeros");

    public static readonly Dictionary<string, string> Settings = new() { ["cacl.seed"] = "7", ["cacl.training.batch-size"] = "16" };

    public static TrainingSnapshot Of(int seed, int floats = 100)
    {
        var random = new Random(seed);
        SnapshotTensor[] tensors =
        [
            Tensor("query.conv1.weight", floats),
            Tensor("query.bn1.running_mean", 3),
            Tensor("key.conv1.weight", floats),
            Tensor("momentum.conv1.weight", floats),
            Tensor("queue.global", 8),
            Tensor("queue.cycle", 0),
        ];
        return new TrainingSnapshot(
            tensors, new Dictionary<string, long> { ["queue.global.pointer"] = seed % 8, ["queue.cycle.pointer"] = 0 });

        SnapshotTensor Tensor(string name, int count) =>
            new(name, [count], Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f).ToArray());
    }

    public static CheckpointState State(long step) => new()
    {
        Step = step,
        Epoch = 1,
        Position = 48,
        Seed = 7,
        Architecture = Architecture,
        Settings = Settings,
    };

    /// <summary>Saves a snapshot with <see cref="State"/>.</summary>
    public static string Put(this CheckpointStore store, long step, TrainingSnapshot snapshot) =>
        store.Save(State(step), snapshot, TestContext.Current.CancellationToken);

    public static void AssertSame(TrainingSnapshot expected, TrainingSnapshot actual)
    {
        Assert.Equal(expected.Counters, actual.Counters);
        Assert.Equal(expected.Tensors.Select(t => t.Name).Order(), actual.Tensors.Select(t => t.Name).Order());
        foreach (var tensor in expected.Tensors)
        {
            Assert.Equal(tensor.Shape, actual.Find(tensor.Name)!.Shape);
            Assert.Equal(
                tensor.Values.Select(BitConverter.SingleToInt32Bits),
                actual.Find(tensor.Name)!.Values.Select(BitConverter.SingleToInt32Bits));
        }
    }
}
