namespace CACL.Configuration.Hocon;

/// <summary>A parsed value before substitutions are resolved.</summary>
internal abstract class HoconNode(HoconOrigin origin)
{
    /// <summary>Where it was written.</summary>
    public HoconOrigin Origin { get; } = origin;
}

/// <summary>A scalar.</summary>
internal sealed class LiteralNode(HoconScalar value, bool isSpace = false) : HoconNode(value.Origin)
{
    /// <summary>The scalar.</summary>
    public HoconScalar Value { get; } = value;

    /// <summary>Whether it is white space between two parts of a concatenation, which counts between texts only.</summary>
    public bool IsSpace { get; } = isSpace;
}

/// <summary>An array.</summary>
internal sealed class ArrayNode(IReadOnlyList<HoconNode> items, HoconOrigin origin) : HoconNode(origin)
{
    /// <summary>The elements.</summary>
    public IReadOnlyList<HoconNode> Items { get; } = items;
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="path">The key as written.</param>
/// <param name="optional">Whether it may be missing.</param>
/// <param name="prefix">The key under which the file that contains it was included; it is looked up there first.</param>
/// <param name="origin">Where it was written.</param>
internal sealed class SubstitutionNode(
    IReadOnlyList<string> path, bool optional, IReadOnlyList<string> prefix, HoconOrigin origin) : HoconNode(origin)
{
    /// <summary>The key as written.</summary>
    public IReadOnlyList<string> Path { get; } = path;

    /// <summary>Whether it may be missing.</summary>
    public bool Optional { get; } = optional;

    /// <summary>The key under which the file that contains it was included.</summary>
    public IReadOnlyList<string> Prefix { get; } = prefix;
}

/// <summary>Several consecutive values: texts are joined, objects merged, arrays appended.</summary>
internal sealed class ConcatenationNode(IReadOnlyList<HoconNode> parts) : HoconNode(parts[0].Origin)
{
    /// <summary>The parts, white space between them included.</summary>
    public IReadOnlyList<HoconNode> Parts { get; } = parts;
}

/// <summary>Everything ever assigned to one key of one object, in order: a later value may refer to the earlier ones.</summary>
internal sealed class HoconField(string key)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The assigned values; the last one wins.</summary>
    public List<HoconNode> Entries { get; } = [];
}

/// <summary>An object.</summary>
internal sealed class ObjectNode(HoconOrigin origin) : HoconNode(origin)
{
    private readonly Dictionary<string, HoconField> _byKey = [];

    /// <summary>The fields, in the order in which they were first written.</summary>
    public List<HoconField> Fields { get; } = [];

    /// <summary>Returns the field of a key, or null.</summary>
    public HoconField? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Assigns a value to a path below this object; <c>a.b = v</c> is <c>a { b = v }</c>.</summary>
    public void Assign(IReadOnlyList<string> path, HoconNode value)
    {
        for (var i = path.Count - 1; i > 0; i--)
        {
            var outer = new ObjectNode(value.Origin);
            outer.Append(path[i], value);
            value = outer;
        }

        Append(path[0], value);
    }

    /// <summary>Assigns the content of another object's fields, in their order.</summary>
    public void Include(ObjectNode other)
    {
        foreach (var field in other.Fields)
        {
            foreach (var entry in field.Entries) Append(field.Key, entry);
        }
    }

    private void Append(string key, HoconNode value)
    {
        if (!_byKey.TryGetValue(key, out var field))
        {
            field = new HoconField(key);
            _byKey.Add(key, field);
            Fields.Add(field);
        }

        field.Entries.Add(value);
    }
}
