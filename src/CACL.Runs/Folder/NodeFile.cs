using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;

namespace CACL.Runs.Folder;

/// <summary>
/// A run folder's node.json, which says where to reach the running program. It is removed when the program ends normally.
/// </summary>
/// <param name="Address">Address, such as http://127.0.0.1:8080.</param>
/// <param name="ProcessId">Process id of the program.</param>
/// <param name="Instance">Distinguishes this start of the run from any other that may answer at the same address later.</param>
public sealed record NodeFile(Uri Address, int ProcessId, string Instance)
{
    /// <summary>The file's name.</summary>
    public const string Name = "node.json";

    /// <summary>Writes it into a run folder, atomically.</summary>
    public void Write(string run, DateTimeOffset now)
    {
        var text = new JsonObject
        {
            ["address"] = Address.GetLeftPart(UriPartial.Authority),
            ["pid"] = ProcessId,
            ["started"] = now.ToString("O", CultureInfo.InvariantCulture),
            ["instance"] = Instance,
        };
        AtomicFile.WriteText(Path.Combine(run, Name), text.ToJsonString() + "\n");
    }

    /// <summary>Reads it; returns null if there is none that can be read.</summary>
    public static NodeFile? Read(string run)
    {
        try
        {
            var path = Path.Combine(run, Name);
            if (!File.Exists(path) || JsonNode.Parse(RegularFile.ReadAllText(path)) is not JsonObject file) return null;
            return Uri.TryCreate((string?)file["address"], UriKind.Absolute, out var address)
                ? new NodeFile(address, (int?)file["pid"] ?? 0, (string?)file["instance"] ?? "")
                : null;
        }
        catch (Exception e)
            when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Removes it if it belongs to this start.</summary>
    public void Remove(string run)
    {
        try
        {
            if (Read(run)?.Instance == Instance) File.Delete(Path.Combine(run, Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Those who read it will find that nobody answers.
        }
    }
}
