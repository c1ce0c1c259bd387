
namespace CACL.Learning.Weights;

/// <summary>A named tensor on the host: a plain array, not shared with any live tensor.</summary>
/// <param name="Name">Its name, such as <c>query.layer1.0.conv1.weight</c>.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Values">Its values, row-major, as many as the shape says.</param>
public sealed record SnapshotTensor(string Name, long[] Shape, float[] Values);

/// <summary>
/// A snapshot of a run's state between two steps, in plain host memory: what a checkpoint stores, and what a run continues from bit for
/// bit. Tensors are named <c>query.*</c> and <c>key.*</c> (parameters and running statistics with torchvision's names), <c>momentum.*</c>
/// (the optimiser's buffers) and <c>queue.global|pixel|cycle</c> [K,128]; counters are the queues' pointers, <c>queue.*.pointer</c>. It has
/// one owner at a time: whoever holds it may read it; handing it back to <c>CaclMethod.Snapshot</c> lets its arrays be reused.
/// </summary>
public sealed class TrainingSnapshot
{
    private readonly Dictionary<string, SnapshotTensor> _byName;

    /// <summary>Creates a snapshot of these tensors and counters.</summary>
    /// <exception cref="ArgumentException">Two tensors have the same name, or a tensor's values do not fill its shape.</exception>
    public TrainingSnapshot(IReadOnlyList<SnapshotTensor> tensors, IReadOnlyDictionary<string, long> counters)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(counters);
        Tensors = tensors;
        Counters = counters;
        _byName = new Dictionary<string, SnapshotTensor>(tensors.Count, StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor)) throw new ArgumentException($"Two tensors are named {tensor.Name}.", nameof(tensors));
            if (tensor.Shape.Aggregate(1L, (product, size) => product * size) != tensor.Values.Length)
            {
                throw new ArgumentException(
                    $"{tensor.Name} has {tensor.Values.Length} values, not those of shape [{string.Join(",", tensor.Shape)}].",
                    nameof(tensors));
            }
        }
    }

    /// <summary>The tensors, in the order in which the run names them.</summary>
    public IReadOnlyList<SnapshotTensor> Tensors { get; }

    /// <summary>Whole numbers that belong to the state.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; }

    /// <summary>Returns the tensor with this name, or null.</summary>
    public SnapshotTensor? Find(string name) => _byName.GetValueOrDefault(name);
}
