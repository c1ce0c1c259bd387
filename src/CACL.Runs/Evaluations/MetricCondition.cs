using System.Globalization;
using System.Text.RegularExpressions;

namespace CACL.Runs.Evaluations;

/// <summary>A figure of metrics.jsonl compared with a number, such as <c>loss &lt; 4.2</c> or <c>top1_global > 0.2</c>.</summary>
public sealed partial record MetricCondition
{
    private MetricCondition(string metric, string comparison, double mark)
    {
        Metric = metric;
        Comparison = comparison;
        Mark = mark;
    }

    /// <summary>The figure's name.</summary>
    public string Metric { get; }

    /// <summary>&lt;, &lt;=, &gt; or &gt;=.</summary>
    public string Comparison { get; }

    /// <summary>The threshold.</summary>
    public double Mark { get; }

    /// <summary>Parses a condition.</summary>
    /// <param name="text">The text, such as <c>loss &lt; 4.2</c>.</param>
    /// <param name="names">Names that it may use, which are those of metrics.jsonl.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="fault">What is wrong with it, as a phrase; empty if nothing is.</param>
    public static bool TryParse(string text, IReadOnlyList<string> names, out MetricCondition? condition, out string fault)
    {
        condition = null;
        if (Form().Match(text) is not { Success: true } found
            || !double.TryParse(found.Groups[3].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var mark)
            || !double.IsFinite(mark))
        {
            fault = "is not of the form NAME < NUMBER (or <=, >, >=), such as loss < 4.2";
            return false;
        }

        var name = found.Groups[1].Value;
        if (!names.Contains(name))
        {
            fault = $"names {name}, which is not a figure of metrics.jsonl; there are {string.Join(", ", names)}";
            return false;
        }

        condition = new MetricCondition(name, found.Groups[2].Value, mark);
        fault = "";
        return true;
    }

    /// <summary>Returns whether it holds for a value. It holds for no NaN.</summary>
    public bool Holds(double value) => Comparison switch
    {
        "<" => value < Mark,
        "<=" => value <= Mark,
        ">" => value > Mark,
        _ => value >= Mark,
    };

    /// <summary>Returns the condition in its canonical spelling.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Metric} {Comparison} {Mark:R}");

    [GeneratedRegex(@"^\s*([A-Za-z0-9_]+)\s*(<=|>=|<|>)\s*([-+0-9.eE]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
