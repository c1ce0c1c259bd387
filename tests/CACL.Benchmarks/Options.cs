using System.Globalization;

namespace CACL.Benchmarks;

/// <summary>Reads numbers and words given as --name value, or several integers as --name 1,2,4.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = [];

    public int this[string name, int byDefault] => All(name, byDefault)[0];

    public double this[string name, double byDefault] =>
        _values.TryGetValue(name, out var value) ? double.Parse(value, CultureInfo.InvariantCulture) : byDefault;

    public string this[string name, string byDefault] => _values.GetValueOrDefault(name, byDefault);

    public int[] All(string name, int byDefault) => _values.TryGetValue(name, out var value)
        ? [.. value.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]
        : [byDefault];

    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
                throw new ArgumentException($"{arguments[i]} stands where an option --name was expected.", nameof(arguments));
            options._values[arguments[i][2..]] = arguments[i + 1];
        }

        return options;
    }
}
