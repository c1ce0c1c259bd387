namespace CACL.Benchmarks.Suite;

/// <summary>The numbers of one measurement by their names.</summary>
internal sealed class Figures(IReadOnlyDictionary<string, double> values)
{
    /// <summary>Returns the number, or null.</summary>
    public double? this[string name] => values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Returns these numbers and one more.</summary>
    public Figures With(string name, double value) => new(new Dictionary<string, double>(values) { [name] = value });
}
