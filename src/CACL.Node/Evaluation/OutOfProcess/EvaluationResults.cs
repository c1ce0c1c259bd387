using System.Text.Json;
using CACL.Configuration.Reading;
using CACL.Node.Ending;
using CACL.Runs.Folder;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>A line of a run's evaluations.jsonl.</summary>
/// <param name="Run">The run's name, as shown.</param>
/// <param name="Line">The line.</param>
internal sealed record EvaluationResult(string Run, JsonElement Line)
{
    /// <summary>Steps done at the checkpoint.</summary>
    public long Step => Line.TryGetProperty("step", out var step) && step.TryGetInt64(out var number) ? number : 0;

    /// <summary>Whether there is a result.</summary>
    public bool IsDone => Text("status") == "done";

    /// <summary>Returns a text, or an empty one.</summary>
    public string Text(string name) =>
        Line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>Returns a number, or null.</summary>
    public double? Number(string name) =>
        Line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Returns the two ends of a score's interval, or null.</summary>
    public double[]? Interval(string name) =>
        Line.TryGetProperty("intervals", out var intervals) && intervals.ValueKind == JsonValueKind.Object
            && intervals.TryGetProperty(name, out var ends) && ends.ValueKind == JsonValueKind.Array
            && ends.EnumerateArray().Where(end => end.ValueKind == JsonValueKind.Number).Select(end => end.GetDouble()).ToArray()
                is [_, _] both ? both : null;

    /// <summary>Returns what was measured and how, a part of the manifest, or null.</summary>
    public JsonElement? Manifest(string part) =>
        Line.TryGetProperty("manifest", out var manifest)
            && manifest.ValueKind == JsonValueKind.Object
            && manifest.TryGetProperty(part, out var value) ? value : null;

    /// <summary>Returns whether both were measured on the same data in the same way, so that their numbers may be compared.</summary>
    public bool IsComparableWith(EvaluationResult other) =>
        Same(Manifest("dataset"), other.Manifest("dataset")) && Same(Manifest("protocol"), other.Manifest("protocol"));

    private static bool Same(JsonElement? one, JsonElement? other) =>
        one is { } a ? other is { } b && JsonElement.DeepEquals(a, b) : other is null;
}

/// <summary>The evaluations of some runs; those in the same table may be compared.</summary>
/// <param name="Tables">The tables, each a list of results ordered by run and step.</param>
/// <param name="Failed">Those that were given up.</param>
internal sealed record EvaluationResults(IReadOnlyList<IReadOnlyList<EvaluationResult>> Tables, IReadOnlyList<EvaluationResult> Failed)
{
    /// <summary>Reads the evaluations of runs.</summary>
    /// <param name="runs">Run folders, absolute.</param>
    /// <exception cref="UserException">There is no such folder, or it cannot be read.</exception>
    public static EvaluationResults Read(IReadOnlyList<string> runs)
    {
        var all = runs.SelectMany(Lines).ToList();
        var tables = new List<List<EvaluationResult>>();
        foreach (var result in all.Where(r => r.IsDone))
        {
            var table = tables.Find(t => t[0].IsComparableWith(result));
            if (table is null) tables.Add([result]);
            else table.Add(result);
        }

        return new EvaluationResults(tables, [.. all.Where(r => !r.IsDone)]);
    }

    private static List<EvaluationResult> Lines(string run)
    {
        RunFolder.RequireFolder(run);
        RunFacts.RequireKnownFormat(run);
        var path = Path.Combine(run, RunFiles.Evaluations);
        try
        {
            // A run that was evaluated twice at one step keeps both lines, in the order in which they were made.
            return !File.Exists(path) ? [] :
            [
                .. JsonLinesFile.Read(path).Where(line => line.ValueKind == JsonValueKind.Object)
                    .Select(line => new EvaluationResult(FilePaths.Shown(run), line)).OrderBy(r => r.Step),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Change its permissions.", e);
        }
    }
}
