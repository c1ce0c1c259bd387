using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Files;

namespace CACL.Runs.Folder;

/// <summary>
/// A run folder's outcome.json, which says how the last program that trained in it ended. It is missing while one runs, and after one was
/// killed.
/// </summary>
/// <param name="End">completed, stopped or failed.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Length of the run; null if it failed before that was known.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Time">When the program ended.</param>
public sealed record OutcomeFile(string End, long Step, long? TotalSteps, string Message, DateTimeOffset Time)
{
    /// <summary>The file's name.</summary>
    public const string Name = "outcome.json";

    /// <summary>All steps were done.</summary>
    public const string Completed = "completed";

    /// <summary>Creates it from the outcome of a run.</summary>
    public static OutcomeFile Of(RunOutcome outcome, long totalSteps, DateTimeOffset now) =>
        new(outcome.End.ToString().ToLowerInvariant(), outcome.Step, totalSteps, outcome.Message, now);

    /// <summary>Returns it as JSON.</summary>
    public JsonObject Json() => new()
    {
        ["end"] = End,
        ["step"] = Step,
        ["total_steps"] = TotalSteps,
        ["message"] = Message,
        ["time"] = Time.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>Writes it into a run folder, atomically and down to the disk.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string run)
    {
        AtomicFile.WriteText(Path.Combine(run, Name), Json().ToJsonString() + "\n", durable: true);
    }

    /// <summary>Reads it; returns null if there is none that can be read.</summary>
    public static OutcomeFile? Read(string run)
    {
        try
        {
            var path = Path.Combine(run, Name);
            if (!File.Exists(path) || JsonNode.Parse(RegularFile.ReadAllText(path)) is not JsonObject file) return null;
            return new OutcomeFile(
                file["end"]!.GetValue<string>(), file["step"]!.GetValue<long>(), file["total_steps"]?.GetValue<long>(),
                file["message"]!.GetValue<string>(),
                DateTimeOffset.Parse(file["time"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (
            e is JsonException
                or IOException
                or UnauthorizedAccessException
                or InvalidOperationException
                or FormatException
                or NullReferenceException)
        {
            return null;
        }
    }
}
