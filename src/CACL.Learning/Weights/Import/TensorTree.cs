namespace CACL.Learning.Weights.Import;

/// <summary>
/// Finds the tensors in the content of a pickle: nested dictionaries, lists and tuples, which may share parts and form cycles.
/// </summary>
internal static class TensorTree
{
    /// <summary>Yields every tensor with the keys that lead to it, joined by dots. A tensor that is reached twice comes once.</summary>
    /// <exception cref="FormatException">The nesting is too deep, or there are more tensors than any network has.</exception>
    public static IEnumerable<(string Name, TorchTensor Tensor)> Tensors(object? root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var count = 0;
        // An explicit stack, since the nesting depends on the file; children are pushed in reverse, so that the file's order is kept.
        var open = new Stack<(string Name, int Depth, object? Value)>([("", 0, root)]);
        while (open.TryPop(out var next))
        {
            if (next.Value is TorchTensor tensor)
            {
                if (++count > PickleLimits.Tensors) throw new FormatException($"more than {PickleLimits.Tensors} tensors");
                yield return (next.Name, tensor);
                continue;
            }

            if (!IsContainer(next.Value) || !seen.Add(next.Value!)) continue;
            if (next.Depth == PickleLimits.Depth) throw new FormatException($"dictionaries nested more than {PickleLimits.Depth} deep");
            foreach (var (key, value) in Children(next.Value!).Reverse())
            {
                if (value is not TorchTensor && !IsContainer(value)) continue;
                if (key.Length > PickleLimits.Key) throw new FormatException($"a key of {key.Length} characters");
                open.Push((next.Name.Length == 0 ? key : $"{next.Name}.{key}", next.Depth + 1, value));
            }
        }
    }

    /// <summary>Returns the storages of those tensors by key.</summary>
    /// <exception cref="FormatException">Two storages have the same key, or as above.</exception>
    public static IReadOnlyDictionary<string, TorchStorage> Storages(object? root)
    {
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        foreach (var (_, tensor) in Tensors(root))
        {
            if (!storages.TryAdd(tensor.Storage.Key, tensor.Storage) && storages[tensor.Storage.Key] != tensor.Storage)
                throw new FormatException($"tensors differ in what the storage {SafeText.Of(tensor.Storage.Key)} is");
        }

        return storages;
    }

    private static bool IsContainer(object? value) => value is PickleDict or PickleList or PickleTuple;

    private static IEnumerable<(string Key, object? Value)> Children(object container) => container switch
    {
        PickleDict dict => dict.Entries.Select(e => (e.Key, e.Value)),
        PickleList list => list.Items.Select((item, i) => ($"{i}", item)),
        PickleTuple tuple => tuple.Items.Select((item, i) => ($"{i}", item)),
        _ => [],
    };
}
