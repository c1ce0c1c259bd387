using CACL.Learning.Networks;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Methods;

/// <summary>
/// The state that a method keeps between two steps, by name and in a fixed order: what a checkpoint contains, and what a run continues
/// from. Refers to the method's tensors and owns none.
/// </summary>
/// <param name="owner">What messages call the method: "a ResNet18 with heads …".</param>
internal sealed class MethodState(string owner)
{
    private readonly List<(string Name, Tensor Tensor)> _tensors = [];
    private readonly List<Counter> _counters = [];

    /// <summary>Adds a tensor.</summary>
    public void Add(string name, Tensor tensor) => _tensors.Add((name, tensor));

    /// <summary>Adds all tensors of a network, with a prefix before their names.</summary>
    public void Add(string prefix, NetworkWeights network)
    {
        foreach (var tensor in network.Tensors) Add(prefix + tensor.Name, network[tensor.Name]);
    }

    /// <summary>Adds a whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">Reads the number.</param>
    /// <param name="write">Sets the number.</param>
    /// <param name="fault">Returns what is wrong with a value, as a phrase; null: nothing.</param>
    /// <param name="otherwise">The number to assume where a snapshot does not contain it; null: it must.</param>
    public void Add(string name, Func<long> read, Action<long> write, Func<long, string?> fault, long? otherwise = null) =>
        _counters.Add(new Counter(name, read, write, fault, otherwise));

    /// <summary>See <see cref="IMethod.Snapshot"/>.</summary>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse)
    {
        var tensors = _tensors.Select(entry =>
        {
            var old = reuse?.Find(entry.Name);
            var values = old?.Values.Length == entry.Tensor.numel() ? old.Values : new float[entry.Tensor.numel()];
            HostCopy.Read(entry.Tensor, values, entry.Name);
            return new SnapshotTensor(entry.Name, entry.Tensor.shape, values);
        }).ToList();
        return new TrainingSnapshot(tensors, _counters.ToDictionary(counter => counter.Name, counter => counter.Read()));
    }

    /// <summary>See <see cref="IMethod.Restore"/>.</summary>
    public void Restore(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var (name, tensor) in _tensors) CheckFits(name, tensor.shape, snapshot.Find(name));
        var known = _tensors.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        if (snapshot.Tensors.FirstOrDefault(tensor => !known.Contains(tensor.Name)) is { } unknown)
        {
            throw new ArgumentException($"The saved state has a tensor {unknown.Name}, which {owner} does not have.", nameof(snapshot));
        }

        var numbers = _counters.ConvertAll(counter => Number(snapshot, counter));
        foreach (var (name, tensor) in _tensors) HostCopy.Write(tensor, snapshot.Find(name)!.Values, name);
        for (var i = 0; i < numbers.Count; i++) _counters[i].Write(numbers[i]);
    }

    /// <summary>Throws if a tensor is missing or has another shape.</summary>
    /// <exception cref="ArgumentException">It is missing or has another shape.</exception>
    public void CheckFits(string name, long[] shape, SnapshotTensor? found)
    {
        if (found is null) throw new ArgumentException($"The saved state has no tensor {name}, which {owner} needs.");
        if (!shape.AsSpan().SequenceEqual(found.Shape))
        {
            throw new ArgumentException(
                $"The saved tensor {name} has shape [{string.Join(",", found.Shape)}]; {owner} needs [{string.Join(",", shape)}].");
        }
    }

    private static long Number(TrainingSnapshot snapshot, Counter counter)
    {
        if (!snapshot.Counters.TryGetValue(counter.Name, out var number))
            return counter.Otherwise ?? throw new ArgumentException($"The saved state has no counter {counter.Name}.");
        return counter.Fault(number) is { } fault
            ? throw new ArgumentException($"The saved counter {counter.Name} is {number}, which is {fault}.")
            : number;
    }

    private sealed record Counter(string Name, Func<long> Read, Action<long> Write, Func<long, string?> Fault, long? Otherwise);
}
