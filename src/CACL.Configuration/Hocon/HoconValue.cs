using System.Collections.Immutable;

namespace CACL.Configuration.Hocon;

/// <summary>A resolved value: a scalar, an array or an object. Equality ignores the origin.</summary>
public abstract class HoconValue(HoconOrigin origin, long weight) : IEquatable<HoconValue>
{
    /// <summary>
    /// Number of values in it when fully expanded; a long text counts as several. Substitutions share what they repeat, so a few lines can
    /// stand for more than any memory holds; this is what limits them.
    /// </summary>
    public long Weight { get; } = weight;

    /// <summary>Where it was written.</summary>
    public HoconOrigin Origin { get; } = origin;

    /// <inheritdoc/>
    public abstract bool Equals(HoconValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as HoconValue);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>Returns the value in HOCON, on one line.</summary>
    public sealed override string ToString() => HoconWriter.Inline(this);
}

/// <summary>A text, number, boolean or null. HOCON converts between the first three, so only the text is kept.</summary>
public sealed class HoconScalar(string text, bool isNull, HoconOrigin origin) : HoconValue(origin, 1 + (text.Length / 16))
{
    /// <summary>The text, with quotes and escapes removed.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it is the unquoted word null.</summary>
    public bool IsNull { get; } = isNull;

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconScalar s && s.Text == Text && s.IsNull == IsNull;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, IsNull);
}

/// <summary>An array.</summary>
public sealed class HoconArray(ImmutableArray<HoconValue> items, HoconOrigin origin) : HoconValue(origin, 1 + items.Sum(i => i.Weight))
{
    /// <summary>The elements.</summary>
    public ImmutableArray<HoconValue> Items { get; } = items;

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) => other is HoconArray a && a.Items.AsSpan().SequenceEqual(Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Length;
}

/// <summary>An object. Keys keep the order in which they were first written; equality ignores it.</summary>
public sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconValue> _byKey;

    /// <summary>Creates an object with these fields, no key twice.</summary>
    public HoconObject(IEnumerable<KeyValuePair<string, HoconValue>> fields, HoconOrigin origin)
        : this([.. fields], origin)
    {
    }

    private HoconObject(ImmutableArray<KeyValuePair<string, HoconValue>> fields, HoconOrigin origin)
        : base(origin, 1 + fields.Sum(f => f.Value.Weight))
    {
        Fields = fields;
        _byKey = new Dictionary<string, HoconValue>(Fields);
    }

    /// <summary>The fields, in the order in which they were first written.</summary>
    public ImmutableArray<KeyValuePair<string, HoconValue>> Fields { get; }

    /// <summary>The value of one key (not a path), or null.</summary>
    public HoconValue? this[string key] => _byKey.GetValueOrDefault(key);

    /// <summary>Returns the value at a path such as <c>cacl.data.stride</c> (without quoted parts), or null.</summary>
    public HoconValue? At(string path)
    {
        HoconValue? value = this;
        foreach (var key in path.Split('.')) value = (value as HoconObject)?[key];
        return value;
    }

    /// <inheritdoc/>
    public override bool Equals(HoconValue? other) =>
        other is HoconObject o && o.Fields.Length == Fields.Length && Fields.All(f => f.Value.Equals(o[f.Key]));

    /// <inheritdoc/>
    public override int GetHashCode() => Fields.Length;
}
