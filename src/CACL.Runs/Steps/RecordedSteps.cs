using System.Globalization;
using System.Text.Json;
using CACL.Data.Files;
using CACL.Learning.Methods;
using CACL.Runs.Folder;

namespace CACL.Runs.Steps;

/// <summary>A line of metrics.jsonl.</summary>
/// <param name="Line">The line as JSON.</param>
public sealed record RecordedStep(JsonElement Line)
{
    /// <summary>Steps done, this one included.</summary>
    public long Step => Line.TryGetProperty("step", out var step) && step.TryGetInt64(out var number) ? number : 0;

    /// <summary>Epochs done at its end.</summary>
    public double Epoch => Number("epoch") ?? 0;

    /// <summary>Its learning rate.</summary>
    public double? LearningRate => Number("lr");

    /// <summary>Returns a figure of the line, or null.</summary>
    public double? Number(string name) =>
        Line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Returns what a step computed, by the names of metrics.jsonl; a head that is off is left out.</summary>
    public static IEnumerable<(string Name, double Value)> Figures(StepResult result) =>
        [("loss", result.Loss), .. result.Metrics.Select(metric => (metric.Spec.Name, metric.Value))];

    /// <summary>
    /// Returns the largest difference between this line's figures and a recomputed step; 0 means equal to the bit, NaN that one of them is
    /// not finite.
    /// </summary>
    /// <param name="result">The recomputed step.</param>
    /// <param name="metrics">The metrics of the method: a figure that only one of the two has is a difference, except where an older
    /// program did not record figures of its kind.</param>
    public double DifferenceFrom(StepResult result, IEnumerable<MetricSpec> metrics)
    {
        IEnumerable<(MetricKind Kind, double? Then, double? Now)> figures = [
            (MetricKind.Loss, Number("loss"), result.Loss),
            .. metrics.Select(metric => (metric.Kind, Number(metric.Name), result[metric.Name]))];
        return figures.Select(figure => (figure.Then, figure.Now) switch
        {
            (null, null) => 0,
            (null, _) when IsLater(figure.Kind) => 0,
            ({ } then, { } now) => Math.Abs(then - now),
            _ => double.NaN,
        }).Aggregate(0.0, Math.Max);
    }

    // Kinds of figures that lines of older programs lack.
    private static bool IsLater(MetricKind kind) => kind is not (MetricKind.Loss or MetricKind.Share);
}

/// <summary>Lines of metrics.jsonl.</summary>
/// <param name="Last">The newest line of all, or null.</param>
/// <param name="Lines">The requested lines, by step.</param>
public sealed record RecordedSteps(RecordedStep? Last, IReadOnlyDictionary<long, RecordedStep> Lines)
{
    /// <summary>Returns the line of a step, or null.</summary>
    public RecordedStep? At(long step) => Lines.GetValueOrDefault(step);

    /// <summary>Reads the lines of some steps. Where a roll-back repeated a step, its last line counts.</summary>
    /// <param name="folder">Run folder.</param>
    /// <param name="from">First step.</param>
    /// <param name="to">Last step.</param>
    /// <exception cref="RunFolderException">The file cannot be read.</exception>
    public static RecordedSteps Read(string folder, long from, long to)
    {
        var path = Path.Combine(folder, RunFiles.Metrics);
        var lines = new Dictionary<long, RecordedStep>();
        var last = "";
        try
        {
            if (!File.Exists(path)) return new RecordedSteps(null, lines);
            foreach (var text in RegularFile.ReadLines(path))
            {
                // A run may have a million steps: only the requested lines are parsed.
                if (StepOf(text) is not { } step) continue;
                last = text;
                if (step >= from && step <= to && Parse(text) is { } line) lines[step] = line;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Change its permissions.", e);
        }

        return new RecordedSteps(Parse(last), lines);
    }

    // A line that a crash truncated, or that is just being written, has no end.
    private static long? StepOf(string line)
    {
        const string Begin = "{\"step\":";
        if (!line.StartsWith(Begin, StringComparison.Ordinal) || !line.EndsWith('}')) return null;
        var end = line.IndexOfAny([',', '}'], Begin.Length);
        return long.TryParse(line.AsSpan(Begin.Length, end - Begin.Length), CultureInfo.InvariantCulture, out var step) ? step : null;
    }

    private static RecordedStep? Parse(string line)
    {
        try
        {
            return new RecordedStep(JsonDocument.Parse(line).RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
