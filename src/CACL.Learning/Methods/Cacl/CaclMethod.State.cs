using CACL.Learning.Networks;
using CACL.Learning.Weights;
using static TorchSharp.torch;

namespace CACL.Learning.Methods.Cacl;

/// <summary>The state between two steps: what a checkpoint keeps and what a run continues from.</summary>
public sealed partial class CaclMethod
{
    private const string KeyMoved = "key.moved";

    /// <summary>
    /// A copy on the host, for others to write while training goes on. Call it between two steps.
    /// </summary>
    /// <param name="reuse">An earlier snapshot of this run that its owner hands back: its arrays are overwritten instead of new ones made.</param>
    public TrainingSnapshot Snapshot(TrainingSnapshot? reuse = null)
    {
        var tensors = State().Select(entry =>
        {
            var old = reuse?.Find(entry.Name);
            var values = old?.Values.Length == entry.Tensor.numel() ? old.Values : new float[entry.Tensor.numel()];
            HostCopy.Read(entry.Tensor, values, entry.Name);
            return new SnapshotTensor(entry.Name, entry.Tensor.shape, values);
        }).ToList();
        var counters = _queues.Values.ToDictionary(queue => $"{queue.Name}.pointer", queue => (long)queue.Next);
        counters[KeyMoved] = _keyHasMoved ? 1 : 0;
        return new TrainingSnapshot(tensors, counters);
    }

    /// <summary>Continues from a snapshot, bit for bit. Nothing changes if it does not fit.</summary>
    /// <exception cref="ArgumentException">A tensor or counter is missing, of another shape, or unknown: the snapshot of another architecture or queue size.</exception>
    public void Restore(TrainingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var state = State().ToList();
        foreach (var (name, tensor) in state) CheckFits(name, tensor.shape, snapshot.Find(name));
        var known = state.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        if (snapshot.Tensors.FirstOrDefault(tensor => !known.Contains(tensor.Name)) is { } unknown)
        {
            throw new ArgumentException($"The saved state has a tensor {unknown.Name}, which {Architecture} does not have.", nameof(snapshot));
        }

        var places = _queues.Values.ToDictionary(queue => queue, queue => Place(snapshot, queue));
        foreach (var (name, tensor) in state) HostCopy.Write(tensor, snapshot.Find(name)!.Values, name);
        foreach (var (queue, place) in places) queue.Next = place;
        _keyHasMoved = snapshot.Counters.GetValueOrDefault(KeyMoved) != 0;
    }

    /// <summary>
    /// Starts both networks from weights of torchvision's names, such as MoCo-v2's: all of the backbone must be there, heads
    /// may be. Optimiser and queues are left as they are.
    /// </summary>
    /// <returns>The names that were not among the weights and keep their start: heads.</returns>
    /// <exception cref="ArgumentException">A tensor of the backbone is missing or of another shape. Nothing has changed then.</exception>
    public IReadOnlyList<string> StartFrom(IEnumerable<SnapshotTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var byName = weights.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var (given, missing) = (new List<SnapshotTensor>(), new List<string>());
        foreach (var tensor in _queryWeights.Tensors)
        {
            var found = byName.GetValueOrDefault(tensor.Name);
            if (found is null && tensor.Name.StartsWith("head_", StringComparison.Ordinal))
            {
                missing.Add(tensor.Name);
                continue;
            }

            CheckFits(tensor.Name, tensor.Shape, found);
            given.Add(found!);
        }

        foreach (var tensor in given) _queryWeights.Write(tensor.Name, tensor.Values);
        _keyWeights.CopyFrom(_queryWeights);
        return missing;
    }

    private string Architecture => $"a {_options.Backbone} with heads {_options.Heads} and queues of {_options.QueueSize} rows";

    // Every tensor of the state under its name, in one fixed order.
    private IEnumerable<(string Name, Tensor Tensor)> State()
    {
        foreach (var tensor in _queryWeights.Tensors) yield return ($"query.{tensor.Name}", _queryWeights[tensor.Name]);
        foreach (var tensor in _keyWeights.Tensors) yield return ($"key.{tensor.Name}", _keyWeights[tensor.Name]);
        for (var i = 0; i < _lars.Momentum.Count; i++) yield return ($"momentum.{_queryWeights.ParameterNames[i]}", _lars.Momentum[i]);
        foreach (var queue in _queues.Values) yield return (queue.Name, queue.Rows);
    }

    private void CheckFits(string name, long[] shape, SnapshotTensor? found)
    {
        if (found is null) throw new ArgumentException($"The saved state has no tensor {name}, which {Architecture} needs.");
        if (!shape.AsSpan().SequenceEqual(found.Shape))
        {
            throw new ArgumentException(
                $"The saved tensor {name} has shape [{string.Join(",", found.Shape)}]; {Architecture} needs [{string.Join(",", shape)}].");
        }
    }

    private static int Place(TrainingSnapshot snapshot, NegativeQueue queue)
    {
        var name = $"{queue.Name}.pointer";
        if (!snapshot.Counters.TryGetValue(name, out var place)) throw new ArgumentException($"The saved state has no counter {name}.");
        return place >= 0 && place < queue.Size
            ? (int)place
            : throw new ArgumentException($"The saved counter {name} is {place}, which is no place of a queue of {queue.Size} rows.");
    }
}
