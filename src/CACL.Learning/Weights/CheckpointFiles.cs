using System.Globalization;
using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Learning.Weights;

/// <summary>
/// The names within a folder of checkpoints, whatever the method, and the distribution of a snapshot's tensors over files.
/// </summary>
internal static class CheckpointFiles
{
    public const string State = "state.json";
    public const string Manifest = "manifest.json";
    public const string Latest = "latest";

    /// <summary>The prefix of everything that is not, or no longer, a checkpoint: hidden, and removed by the next save.</summary>
    public const string TemporaryPrefix = AtomicFile.TemporaryPrefix;

    private const string StepPrefix = "step-";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static string FolderOf(long step) => $"{StepPrefix}{step:D8}";

    public static bool TryStep(string folderName, out long step)
    {
        step = -1;
        return folderName.StartsWith(StepPrefix, StringComparison.Ordinal)
            && long.TryParse(folderName.AsSpan(StepPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out step)
            && FolderOf(step) == folderName;
    }

    /// <summary>Returns what each file of tensors says beside them.</summary>
    public static Dictionary<string, string> Metadata(long step) => new() { ["step"] = $"{step}" };

    /// <summary>Returns the snapshot's tensors by file.</summary>
    public static IEnumerable<(string File, List<SnapshotTensor> Tensors)> Distribute(
        TrainingSnapshot snapshot, IReadOnlyList<CheckpointFile> table)
    {
        var files = table.Select(file => (file.Name, file.Prefix, Tensors: new List<SnapshotTensor>())).ToArray();
        foreach (var tensor in snapshot.Tensors)
        {
            var place = Array.FindIndex(files, file => tensor.Name.StartsWith(file.Prefix, StringComparison.Ordinal));
            if (place < 0) throw new ArgumentException($"No file of a checkpoint holds a tensor called {tensor.Name}.", nameof(snapshot));
            files[place].Tensors.Add(tensor with { Name = tensor.Name[files[place].Prefix.Length..] });
        }

        return files.Select(file => (file.Name, file.Tensors));
    }
}

/// <summary>The content of manifest.json: what each file of a checkpoint must be.</summary>
internal sealed record CheckpointManifest(int Format, ManifestEntry[] Files);

/// <summary>A file in the manifest.</summary>
/// <param name="Name">Name of the file within the folder.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Sha256">SHA-256 of its content, lower-case hexadecimal.</param>
internal sealed record ManifestEntry(string Name, long Bytes, string Sha256);
