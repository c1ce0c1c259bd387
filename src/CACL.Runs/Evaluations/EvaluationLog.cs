using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Runs.Folder;

namespace CACL.Runs.Evaluations;

/// <summary>
/// A run's evaluations.jsonl, created with its first line. A line that was appended is on the disk; one that the disk does not take waits
/// for the next one.
/// </summary>
public sealed class EvaluationLog(string runDirectory)
{
    private const int MostWaiting = 1000;

    private readonly Queue<string> _waiting = new();

    /// <summary>Path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(runDirectory, RunFiles.Evaluations);

    /// <summary>Returns the steps that have a line, for each key of a target that has one.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<long>> Recorded()
    {
        var steps = new Dictionary<string, IReadOnlySet<long>>();
        if (!File.Exists(Path)) return steps;
        foreach (var line in JsonLinesFile.Read(Path))
        {
            if (TargetOf(line) is not { } target || !line.GetProperty("step").TryGetInt64(out var step)) continue;
            if (steps.TryGetValue(target.Key, out var known)) ((HashSet<long>)known).Add(step);
            else steps[target.Key] = new HashSet<long> { step };
        }

        return steps;
    }

    /// <summary>Appends a line, after those that still wait.</summary>
    /// <exception cref="IOException">The disk does not take the line: it waits, up to a limit.</exception>
    public void Append(JsonObject line)
    {
        if (_waiting.Count < MostWaiting) _waiting.Enqueue(line.ToJsonString());
        WriteWaiting();
    }

    /// <summary>Appends the lines that wait.</summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public void WriteWaiting()
    {
        if (_waiting.Count == 0) return;
        using (var file = new JsonLinesFile(Path)) file.AppendToDisk(_waiting);
        _waiting.Clear();
    }

    private static EvaluationTarget? TargetOf(JsonElement line) =>
        Text(line, "dataset") is { } dataSet
            && Text(line, "protocol") is { } protocol
            && line.TryGetProperty("step", out var step)
            && step.ValueKind == JsonValueKind.Number
            ? new EvaluationTarget(
                dataSet, protocol, "",
                line.TryGetProperty("fraction", out var share) && share.ValueKind == JsonValueKind.Number ? share.GetDouble() : null)
            : null;

    private static string? Text(JsonElement line, string name) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
