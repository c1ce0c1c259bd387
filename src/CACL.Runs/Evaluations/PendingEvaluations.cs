using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;

namespace CACL.Runs.Evaluations;

/// <summary>
/// A run's folder evaluations/pending: the evaluations that are still to be made, and the checkpoints that they need. It outlives the actor
/// that makes them, and the process. A request is a file <c>NAME-PROTOCOL@STEP.json</c>; its checkpoint is a folder <c>step-STEP</c>.
/// </summary>
public sealed class PendingEvaluations(string runDirectory)
{
    private readonly string _folder = Path.Combine(runDirectory, "evaluations", "pending");

    /// <summary>Saves a request down to the disk, and pins its checkpoint so that its files are not removed.</summary>
    /// <returns>The request with the folder of its pinned checkpoint.</returns>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public EvaluationRequest Add(EvaluationRequest request)
    {
        FileSync.MakeFolder(_folder);
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
        AtomicFile.WriteText(file, note.ToJsonString(), durable: true);
        return request with { Checkpoint = held };
    }

    /// <summary>Returns the requests that an earlier actor or process left, oldest first. A file that is no request is skipped.</summary>
    public IReadOnlyList<EvaluationRequest> Read() => !Directory.Exists(_folder) ? [] :
    [
        .. Directory.EnumerateFiles(_folder, "*.json").Select(TryRead).OfType<EvaluationRequest>()
            .OrderBy(r => r.Step).ThenBy(r => r.Target.Key, StringComparer.Ordinal),
    ];

    /// <summary>Removes a request.</summary>
    public void Remove(EvaluationRequest request) => File.Delete(FileOf(request));

    /// <summary>
    /// Removes every request and checkpoint that is not needed by these requests, and the folder itself with the last one.
    /// </summary>
    public void KeepOnly(IReadOnlyCollection<EvaluationRequest> requests)
    {
        if (!Directory.Exists(_folder)) return;
        var needed = requests.SelectMany(r => new[] { FileOf(r), Path.Combine(_folder, FolderOf(r.Step)) }).ToHashSet();
        var gone = Directory.GetFileSystemEntries(_folder).Where(entry => !needed.Contains(entry)).ToLookup(Directory.Exists);
        foreach (var request in gone[false]) File.Delete(request);
        PinnedCheckpoint.Remove(_folder, gone[true]);
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
