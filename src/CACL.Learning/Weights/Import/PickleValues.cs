namespace CACL.Learning.Weights.Import;

// What a pickle builds here. Besides these: null for None, bool, long, BigInteger, double, string, byte[].

/// <summary>A Python name on the allow-list. It stands for nothing executable.</summary>
/// <param name="Module">Module.</param>
/// <param name="Name">Name in the module.</param>
/// <param name="Call">What REDUCE makes of it and its arguments; null if it cannot be called. Throws <see cref="FormatException"/> if the
/// arguments do not fit.</param>
/// <param name="Element">The element type, if it names a kind of storage.</param>
internal sealed record PickleGlobal(string Module, string Name, Func<PickleTuple, object?>? Call = null, SafeTensorsType? Element = null)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A tuple, or a torch.Size.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list, which grows in place since the memo may refer to it from within.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dict or OrderedDict. Keys that are whole numbers become their digits; entries with other keys are dropped.</summary>
internal sealed class PickleDict
{
    private OrderedDictionary<string, object?>? _entries;

    /// <summary>Entries in the order in which their keys were first written.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Entries => _entries is null ? [] : [.. _entries];

    public object? this[string key] => _entries is not null && _entries.TryGetValue(key, out var value) ? value : null;

    public void Set(object? key, object? value)
    {
        if (key is not (string or long)) return;
        _entries ??= new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        _entries[key as string ?? $"{key}"] = value;
    }
}

/// <summary>Something that a file may contain and no tensor needs: a set, a device, a word count.</summary>
internal sealed class PickleOpaque
{
    public static PickleOpaque Instance { get; } = new();
}

/// <summary>Numbers in a file of which tensors are views; not read.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TorchStorage(string Key, SafeTensorsType Type, long Count);

/// <summary>A tensor as PyTorch saves it: a view of a storage, checked to lie within it; not read.</summary>
/// <param name="Storage">The numbers.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">Number of elements from one index to the next, for each dimension.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Number of its elements, checked not to overflow.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Index after the last element that it covers; <see cref="Offset"/> if it is empty.</summary>
    public long End => Count == 0 ? Offset : Offset + 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();
}
