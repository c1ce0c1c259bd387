using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;

namespace CACL.Runs.Evaluations;

/// <summary>
/// The folder evaluations/pending of a run: what is still to be evaluated, and the checkpoints that it needs. It outlives the actor
/// that works it off, and the process. A request is a file <c>NAME-PROTOCOL@STEP.json</c>; its checkpoint a folder <c>step-STEP</c>.
/// </summary>
public sealed class PendingEvaluations(string runDirectory)
{
    private readonly string _folder = Path.Combine(runDirectory, "evaluations", "pending");

    /// <summary>Notes a request and keeps its checkpoint's files from being removed.</summary>
    /// <returns>The request with the place where its checkpoint stays.</returns>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public EvaluationRequest Add(EvaluationRequest request)
    {
        Directory.CreateDirectory(_folder);
        var held = Path.Combine(_folder, FolderOf(request.Step));
        PinnedCheckpoint.Make(request.Checkpoint, held);
        var target = request.Target;
        var note = new JsonObject
        {
            ["step"] = request.Step,
            ["dataset"] = target.DataSet,
            ["protocol"] = target.Protocol,
            ["variant"] = target.Variant,
            ["fraction"] = target.Fraction,
            ["trigger"] = EvaluationTriggers.WordOf(request.Trigger),
        };
        var file = FileOf(request);
        AtomicFile.WriteText(file, note.ToJsonString());
        return request with { Checkpoint = held };
    }

    /// <summary>What a former actor or process left to be done, oldest first. A file that is no request is passed over.</summary>
    public IReadOnlyList<EvaluationRequest> Read() => !Directory.Exists(_folder) ? [] :
    [
        .. Directory.EnumerateFiles(_folder, "*.json").Select(TryRead).OfType<EvaluationRequest>()
            .OrderBy(r => r.Step).ThenBy(r => r.Target.Key, StringComparer.Ordinal),
    ];

    /// <summary>Forgets a request.</summary>
    public void Remove(EvaluationRequest request) => File.Delete(FileOf(request));

    /// <summary>Gives up every note and checkpoint that none of these requests needs; the folder itself with the last one.</summary>
    public void KeepOnly(IReadOnlyCollection<EvaluationRequest> requests)
    {
        if (!Directory.Exists(_folder)) return;
        var needed = requests.SelectMany(r => new[] { FileOf(r), Path.Combine(_folder, FolderOf(r.Step)) }).ToHashSet();
        foreach (var entry in Directory.GetFileSystemEntries(_folder).Where(e => !needed.Contains(e)))
        {
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }

        if (needed.Count == 0) Directory.Delete(_folder);
    }

    private static string FolderOf(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");

    private string FileOf(EvaluationRequest request) =>
        Path.Combine(
            _folder, string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(request.Target.Key)}@{request.Step:D8}.json"));

    private EvaluationRequest? TryRead(string file)
    {
        try
        {
            if (JsonNode.Parse(RegularFile.ReadAllText(file)) is not JsonObject note) return null;
            var target = new EvaluationTarget(
                note["dataset"]!.GetValue<string>(), note["protocol"]!.GetValue<string>(), note["variant"]!.GetValue<string>(),
                note["fraction"]?.GetValue<double>());
            var step = note["step"]!.GetValue<long>();
            var held = Path.Combine(_folder, FolderOf(step));
            return Directory.Exists(held)
                ? new EvaluationRequest(target, step, EvaluationTriggers.Of(note["trigger"]?.GetValue<string>()), held)
                : null;
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
