using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Catalog;

namespace CACL.Runs.Videos;

/// <summary>A line of quarantine.jsonl.</summary>
public static class QuarantineLine
{
    /// <summary>Returns the line of a video.</summary>
    public static string Of(QuarantinedVideo video)
    {
        ArgumentNullException.ThrowIfNull(video);
        var line = new JsonObject
        {
            ["path"] = video.Path,
            ["reason"] = video.Reason.ToString(),
            ["message"] = video.Message,
            ["found_by"] = video.FoundBy,
        };
        if (video.Epoch is { } epoch) line["epoch"] = epoch;
        if (video.Position is { } position) line["position"] = position;
        if (video.LeftOut) line["left_out"] = true;
        return line.ToJsonString();
    }

    /// <summary>Returns the video of a line, or null if it describes none.</summary>
    public static QuarantinedVideo? Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || Text(line, "path") is not { Length: > 0 } path) return null;
        // A reason that a newer program wrote still means "not usable".
        if (!Enum.TryParse<UnusableReason>(Text(line, "reason"), out var reason)) reason = UnusableReason.Unreadable;
        // In lines from before this property existed, what hung was left out.
        var leftOut = line.TryGetProperty("left_out", out var word)
            ? word.ValueKind == JsonValueKind.True
            : reason == UnusableReason.Deadline;
        return new QuarantinedVideo(
            path, reason, Text(line, "message"), Text(line, "found_by"), Number(line, "epoch"), Number(line, "position"), leftOut);
    }

    private static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int? Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;
}
