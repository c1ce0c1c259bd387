using System.Numerics;

namespace CACL.Learning.Weights.Import;

/// <summary>
/// The Python names that a file of weights needs, and what each stands for here: torch/_utils.py and torch/serialization.py of PyTorch 1.6
/// to 2.x define how tensors and storages are pickled.
/// </summary>
internal static class TorchGlobals
{
    /// <summary>What to do with a file that contains more than weights.</summary>
    public const string Remedy =
        "If you trust the file, load it with PyTorch where it comes from and save its state dict alone: torch.save(state_dict, "
            + "'weights.pth').";

    private static readonly Dictionary<string, PickleGlobal> Known = Everything().ToDictionary(g => g.ToString(), StringComparer.Ordinal);

    /// <summary>Returns the global with that name, or null if it is not on the list.</summary>
    public static PickleGlobal? Find(string module, string name)
    {
        // A dot in the wrong half must not produce another valid name.
        return Known.TryGetValue($"{module}.{name}", out var global) && global.Module == module ? global : null;
    }

    /// <summary>
    /// Returns a storage from its persistent id ('storage', type, key, location, count); the old format adds a view, which is always None.
    /// </summary>
    /// <exception cref="FormatException">The id is something else.</exception>
    public static TorchStorage Storage(object? id)
    {
        if (id is PickleTuple { Items: ["storage", PickleGlobal { Element: { } element }, string key, string, long count, .. var rest] }
            && count >= 0 && rest is [] or [null])
        {
            if (key.Length is 0 or > PickleLimits.GlobalName) throw new FormatException($"a storage whose key has {key.Length} characters");
            if (!element.TryByteCount([count], out _)) throw new FormatException($"a storage of {count} elements");
            return new TorchStorage(key, element, count);
        }

        throw new FormatException($"a storage is expected, not {KindOf(id)}");
    }

    /// <summary>Returns what a value is, for messages.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        long or BigInteger => "a whole number",
        double => "a number",
        string => "a text",
        byte[] => "bytes",
        PickleTuple => "a tuple",
        PickleList => "a list",
        PickleDict => "a dict",
        PickleGlobal global => SafeText.Of(global.ToString()),
        TorchStorage => "a storage",
        TorchTensor => "a tensor",
        PickleOpaque => "a set or the like",
        _ => "a mark",
    };

    private static IEnumerable<PickleGlobal> Everything()
    {
        yield return new("torch._utils", "_rebuild_tensor_v2", Tensor);
        yield return new("torch._utils", "_rebuild_parameter", Parameter);
        yield return new("torch", "Size", Size);
        yield return new("collections", "OrderedDict", Dictionary);

        // Other things in a checkpoint: devices, the counters of a schedule. None of them is used.
        yield return new("torch", "device", Opaque);
        yield return new("collections", "Counter", Opaque);
        yield return new("builtins", "set", Opaque);
        yield return new("__builtin__", "set", Opaque);

        foreach (var (name, type) in Storages) yield return new("torch", $"{name}Storage", Element: type);
        foreach (var name in Types) yield return new("torch", name);
    }

    private static (string Name, SafeTensorsType Type)[] Storages =>
    [
        ("Float", SafeTensorsType.F32),
        ("Double", SafeTensorsType.F64),
        ("Half", SafeTensorsType.F16),
        ("BFloat16", SafeTensorsType.BF16),
        ("Long", SafeTensorsType.I64),
        ("Int", SafeTensorsType.I32),
        ("Short", SafeTensorsType.I16),
        ("Char", SafeTensorsType.I8),
        ("Byte", SafeTensorsType.U8),
        ("Bool", SafeTensorsType.BOOL),
        ("ComplexFloat", SafeTensorsType.C64),
    ];

    private static string[] Types =>
        ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"];

    private static PickleOpaque Opaque(PickleTuple arguments) => PickleOpaque.Instance;

    /// <summary>Handles OrderedDict(), whose entries follow by SETITEMS.</summary>
    private static PickleDict Dictionary(PickleTuple arguments) =>
        arguments.Items.Length == 0
            ? new PickleDict()
            : throw new FormatException("collections.OrderedDict with arguments, which torch.save never writes");

    /// <summary>Handles torch.Size((2, 3)).</summary>
    private static PickleTuple Size(PickleTuple arguments) =>
        arguments.Items is [PickleTuple sizes] ? sizes : throw new FormatException("torch.Size without a tuple of sizes");

    /// <summary>Handles _rebuild_parameter(data, requires_grad, backward_hooks).</summary>
    private static TorchTensor Parameter(PickleTuple arguments) =>
        arguments.Items is [TorchTensor data, bool, PickleDict]
            ? data
            : throw new FormatException("a parameter that is not made of a tensor, a truth value and a dict");

    /// <summary>Handles _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks[, metadata]).</summary>
    private static TorchTensor Tensor(PickleTuple arguments)
    {
        if (arguments.Items is not [
            TorchStorage storage, long offset, PickleTuple size, PickleTuple stride, bool, PickleDict, .. var rest] || rest.Length > 1)
            throw new FormatException("a tensor that is not made of storage, offset, size and stride");
        var (shape, strides) = (Numbers(size, "size"), Numbers(stride, "stride"));
        if (shape.Length != strides.Length) throw new FormatException($"a tensor with {shape.Length} sizes and {strides.Length} strides");
        RequireWithin(storage, offset, shape, strides);
        return new TorchTensor(storage, offset, shape, strides);
    }

    private static void RequireWithin(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        try
        {
            var (count, end) = (1L, offset + 1L);
            for (var i = 0; i < shape.Length; i++) count = checked(count * shape[i]);
            if (count == 0) end = offset;
            else for (var i = 0; i < shape.Length; i++) end = checked(end + ((shape[i] - 1) * strides[i]));
            if (offset < 0 || end > storage.Count)
                throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] reaches beyond its storage of {storage.Count} "
                    + "elements");
        }
        catch (OverflowException e)
        {
            throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] is larger than any memory", e);
        }
    }

    private static long[] Numbers(PickleTuple tuple, string what)
    {
        if (tuple.Items.Length > PickleLimits.Dimensions) throw new FormatException($"a tensor of {tuple.Items.Length} dimensions");
        var numbers = new long[tuple.Items.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = tuple.Items[i] is long number and >= 0
                ? number
                : throw new FormatException($"a tensor whose {what} holds {KindOf(tuple.Items[i])} that is no count");
        return numbers;
    }
}
