using System.Text.RegularExpressions;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Compares the names in a Prometheus query with a scrape.</summary>
internal static partial class PromQuery
{
    // Prometheus adds these to whatever it scrapes.
    private static readonly string[] Added = ["instance", "job"];

    /// <summary>Returns what the query or its display names that the scrape does not have, a sentence each.</summary>
    public static IEnumerable<string> Faults(string query, IEnumerable<string> shown, PrometheusText scrape)
    {
        var labels = new HashSet<string>(Added);
        var metrics = Metric().Matches(query);
        if (metrics.Count == 0) yield return $"{query} names no metric of this program.";
        foreach (Match metric in metrics)
        {
            var name = metric.Groups["name"].Value;
            if (name == "up") continue;
            var samples = scrape.Samples.Where(s => s.Name == name).ToList();
            if (samples.Count == 0)
            {
                yield return $"{query}: there is no {name}.";
                continue;
            }

            labels.UnionWith(samples.SelectMany(s => s.Labels.Keys));
            foreach (Match matcher in Matcher().Matches(metric.Groups["matchers"].Value))
            {
                var (label, value) = (matcher.Groups["label"].Value, matcher.Groups["value"].Value);
                if (Added.Contains(label)) continue;
                if (samples.All(s => s.Labels.GetValueOrDefault(label) != value)) yield return $"{query}: no {name} has {label}={value}.";
            }
        }

        var used = Grouping().Matches(query).SelectMany(m => m.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        foreach (var label in used.Where(l => !labels.Contains(l))) yield return $"{query}: nothing has the label {label}.";
        // A sum has only the labels that it is grouped by.
        var kept = query.Contains("sum ", StringComparison.Ordinal) && used.Count > 0 ? [.. used, .. Added] : labels;
        foreach (
            var label in shown.SelectMany(text => Shown().Matches(text)).Select(m => m.Groups["label"].Value).Where(l => !kept.Contains(l)))
            yield return $"{query}: {label} is shown, which it does not have.";
    }

    [GeneratedRegex("""\b(?<name>cacl_[a-z0-9_]+|up)\b(\{(?<matchers>[^}]*)\})?""")]
    private static partial Regex Metric();

    [GeneratedRegex("""(?<label>[a-z_]+)\s*(=~|!~|!=|=)\s*"(?<value>[^"]*)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Matcher();

    [GeneratedRegex("""\b(by|on)\s*\((?<labels>[^)]*)\)""")]
    private static partial Regex Grouping();

    [GeneratedRegex("""\{\{\s*(\$labels\.)?(?<label>[a-z_]+)\s*\}\}""")]
    private static partial Regex Shown();
}
