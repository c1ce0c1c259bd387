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
        if (root is TorchTensor alone) yield return ("", alone);
        if (!IsContainer(root)) yield break;
        seen.Add(root!);
        var count = 0;
        // An explicit stack, since the nesting depends on the file. It holds the containers on the way, not their content: a list may refer
        // to the same part a million times, and each reference would have a name of its own.
        var open = new Stack<(string Prefix, IEnumerator<(string Key, object? Value)> Children)>([("", Children(root!).GetEnumerator())]);
        while (open.TryPeek(out var next))
        {
            if (!next.Children.MoveNext())
            {
                open.Pop().Children.Dispose();
                continue;
            }

            var (key, value) = next.Children.Current;
            if (value is not TorchTensor && !(IsContainer(value) && seen.Add(value!))) continue;
            if (key.Length > PickleLimits.Key) throw new FormatException($"a key of {key.Length} characters");
            var name = next.Prefix.Length == 0 ? key : $"{next.Prefix}.{key}";
            if (name.Length > PickleLimits.Name) throw new FormatException($"a name of more than {PickleLimits.Name} characters");
            if (value is TorchTensor tensor)
            {
                if (++count > PickleLimits.Tensors) throw new FormatException($"more than {PickleLimits.Tensors} tensors");
                yield return (name, tensor);
                continue;
            }

            if (open.Count == PickleLimits.Depth) throw new FormatException($"dictionaries nested more than {PickleLimits.Depth} deep");
            open.Push((name, Children(value!).GetEnumerator()));
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
