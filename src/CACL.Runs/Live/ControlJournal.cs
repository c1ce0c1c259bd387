using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;
using CACL.Learning.Methods;
using CACL.Runs.Folder;

namespace CACL.Runs.Live;

/// <summary>control.jsonl cannot be understood, so the run cannot be continued as it was.</summary>
/// <param name="message">A sentence with the file, the line, and what to do.</param>
/// <param name="cause">The underlying error, or null.</param>
public sealed class ControlJournalException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// A run's control.jsonl: each change that was made during the run, <c>{"time","step","setting","value","by"}</c>. A line is flushed to the
/// disk before the first step on which it takes effect, so whatever was computed can be recomputed.
/// </summary>
/// <param name="runDirectory">The run folder.</param>
/// <param name="losses">The losses that the run's method can weight.</param>
public sealed class ControlJournal(string runDirectory, LossWeights losses) : IControlJournal
{
    /// <summary>Path of the file, which is created with its first line.</summary>
    public string Path { get; } = System.IO.Path.Combine(runDirectory, RunFiles.Control);

    /// <summary>Returns its changes. An unfinished last line is ignored: nobody waited for it, so no step was computed with it.</summary>
    /// <exception cref="ControlJournalException">A complete line makes no sense.</exception>
    public IReadOnlyList<JournaledChange> Read()
    {
        if (!File.Exists(Path)) return [];
        // A power failure may leave zeros in what the disk had not taken: nobody waited for what begins there.
        var lines = Encoding.UTF8.GetString(RegularFile.ReadAllBytes(Path)).Split('\0')[0].Split('\n');
        return [.. lines.SkipLast(1).Select((line, i) => Parse(line, i + 1))];
    }

    /// <summary>Adds lines and returns when they are on the disk.</summary>
    /// <exception cref="IOException">They cannot be written; the file is as it was.</exception>
    public void Append(IReadOnlyList<JournaledChange> changes)
    {
        using var file = new JsonLinesFile(Path);
        file.AppendToDisk(changes.Select(c => Json(c).ToJsonString()));
    }

    /// <summary>Returns a change as the journal writes it.</summary>
    public static JsonObject Json(JournaledChange change) => new()
    {
        ["time"] = change.Time.ToString("O", CultureInfo.InvariantCulture),
        ["step"] = change.Step,
        ["setting"] = change.Setting,
        ["value"] = LiveSettingNames.IsWord(change.Setting) ? change.Value : JsonNode.Parse(change.Value),
        ["by"] = change.By,
    };

    private JournaledChange Parse(string line, int number)
    {
        try
        {
            var json = JsonNode.Parse(line)!.AsObject();
            var value = json["value"]!;
            var change = new JournaledChange(
                DateTimeOffset.Parse(json["time"]!.GetValue<string>(), CultureInfo.InvariantCulture),
                json["step"]!.GetValue<long>(),
                json["setting"]!.GetValue<string>(),
                value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(),
                json["by"]?.GetValue<string>() ?? "");
            if (LiveSetting.Find(change.Setting, losses) is null) throw new FormatException($"there is no setting {change.Setting}");
            return change;
        }
        catch (Exception e)
            when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new ControlJournalException(
                $"Line {number} of {Path} cannot be read ({e.Message.TrimEnd('.')}), so the changes made during the run are not "
                    + "known. Correct the line, or delete it to continue without that change.",
                e);
        }
    }
}
