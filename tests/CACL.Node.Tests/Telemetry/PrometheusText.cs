using System.Globalization;
using System.Text.RegularExpressions;

namespace CACL.Node.Tests.Telemetry;

/// <summary>
/// Reads a scrape in Prometheus's text format, and checks what <c>promtool check metrics</c> and the naming conventions demand.
/// </summary>
internal sealed partial class PrometheusText
{
    private static readonly string[] HistogramParts = ["_bucket", "_sum", "_count"];

    private readonly List<Sample> _samples = [];

    private PrometheusText()
    {
    }

    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Help { get; } = [];

    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Returns the broken rules, a sentence each.</summary>
    public List<string> Faults { get; } = [];

    public static PrometheusText Parse(string text)
    {
        var scrape = new PrometheusText();
        if (!text.EndsWith('\n')) scrape.Faults.Add("The last line does not end.");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) scrape.Read(line);
        scrape.Check();
        return scrape;
    }

    /// <summary>Returns the value of a series.</summary>
    public double Value(string name, params (string Label, string Value)[] labels) => _samples.Single(s =>
        s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Label) == l.Value)).Value;

    private void Read(string line)
    {
        if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            var parts = line.Split(' ');
            if (!Types.TryAdd(parts[2], parts[3])) Faults.Add($"{parts[2]} has a second TYPE.");
            if (_samples.Any(s => FamilyOf(s.Name) == parts[2])) Faults.Add($"{parts[2]} has its TYPE behind its samples.");
            return;
        }

        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            var parts = line.Split(' ', 4);
            if (!Help.TryAdd(parts[2], parts.Length > 3 ? parts[3] : "")) Faults.Add($"{parts[2]} has a second HELP.");
            return;
        }

        if (line.StartsWith('#')) return;
        var match = SampleLine().Match(line);
        if (!match.Success)
        {
            Faults.Add($"No sample: {line}");
            return;
        }

        var labels = LabelPair().Matches(match.Groups["labels"].Value).Select(m => (m.Groups[1].Value, m.Groups[2].Value)).ToList();
        foreach (var twice in labels.GroupBy(l => l.Item1).Where(g => g.Count() > 1))
            Faults.Add($"{line}: the label {twice.Key} comes twice.");
        var value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number, CultureInfo.InvariantCulture),
        };
        _samples.Add(
            new Sample(match.Groups["name"].Value, labels.DistinctBy(l => l.Item1).ToDictionary(l => l.Item1, l => l.Item2), value));
    }

    private void Check()
    {
        foreach (var twice in _samples.GroupBy(s => s.Key).Where(g => g.Count() > 1))
            Faults.Add($"{twice.Key} comes {twice.Count()} times.");
        foreach (var family in _samples.Select(s => FamilyOf(s.Name)).Distinct())
        {
            if (!Types.TryGetValue(family, out var type))
            {
                Faults.Add($"{family} has no TYPE.");
                continue;
            }

            CheckName(family, type);
            if (type == "histogram") CheckHistogram(family);
        }

        foreach (var (family, _) in Types.Where(t => _samples.All(s => FamilyOf(s.Name) != t.Key)))
            Faults.Add($"{family} has a TYPE and no samples.");
    }

    private void CheckName(string family, string type)
    {
        if (!Name().IsMatch(family)) Faults.Add($"{family} is not written in small letters, digits and underscores.");
        if ((type == "counter") != family.EndsWith("_total", StringComparison.Ordinal))
            Faults.Add($"{family} is a {type}: counters, and only they, end in _total.");
        if (type != "histogram" && HistogramParts.Any(part => family.EndsWith(part, StringComparison.Ordinal)))
            Faults.Add($"{family} is no histogram but ends like one.");
        if (!Help.TryGetValue(family, out var help) || help.Trim().Length == 0) Faults.Add($"{family} has no HELP.");
        if (OtherUnit().IsMatch(family)) Faults.Add($"{family} is not in base units.");
        if (TypeInName().IsMatch(family)) Faults.Add($"{family} has its type in its name.");
        foreach (var sample in _samples.Where(s => FamilyOf(s.Name) == family))
        {
            foreach (var (label, value) in sample.Labels)
            {
                if (!Name().IsMatch(label))
                    Faults.Add($"{sample.Key}: the label {label} is not written in small letters, digits and underscores.");
                if (label == "le" && type != "histogram") Faults.Add($"{sample.Key}: le is a histogram's.");
                if (value.Contains('/', StringComparison.Ordinal)) Faults.Add($"{sample.Key}: a path as a label.");
            }

            if (type == "counter" && !(sample.Value >= 0)) Faults.Add($"{sample.Key} counts {sample.Value}.");
        }
    }

    private void CheckHistogram(string family)
    {
        foreach (var series in _samples.Where(s => FamilyOf(s.Name) == family).GroupBy(
            s => string.Join(',', s.Labels.Where(l => l.Key != "le").OrderBy(l => l.Key))))
        {
            var buckets = series.Where(s => s.Name == family + "_bucket").ToList();
            if (buckets.Count == 0 || buckets[^1].Labels["le"] != "+Inf") Faults.Add($"{family} has no last bucket +Inf.");
            else if (buckets[^1].Value != series.Single(s => s.Name == family + "_count").Value)
                Faults.Add($"{family}: +Inf and count differ.");
            if (!buckets.Select(b => b.Value).SequenceEqual(buckets.Select(b => b.Value).Order()))
                Faults.Add($"{family}: buckets do not add up.");
            if (series.All(s => s.Name != family + "_sum")) Faults.Add($"{family} has no sum.");
        }
    }

    private string FamilyOf(string sample)
    {
        var part = HistogramParts.FirstOrDefault(p => sample.EndsWith(p, StringComparison.Ordinal));
        return part is not null && Types.GetValueOrDefault(sample[..^part.Length]) == "histogram" ? sample[..^part.Length] : sample;
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex LabelPair();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Name();

    [GeneratedRegex("_(ms|milliseconds|microseconds|minutes|hours|days|kb|kilobytes|megabytes|percent)(_|$)")]
    private static partial Regex OtherUnit();

    [GeneratedRegex("_(gauge|counter|histogram|summary)(_|$)")]
    private static partial Regex TypeInName();

    internal sealed record Sample(string Name, Dictionary<string, string> Labels, double Value)
    {
        public string Key =>
            $"{Name}{{{string.Join(',', Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))}}}";
    }
}
