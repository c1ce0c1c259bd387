using System.Text;
using System.Text.Json;
using CACL.Data.Files;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Study;

/// <summary>The progress of a training, read from its metrics.jsonl while that is written.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Total number of steps, estimated where the settings give only epochs.</param>
/// <param name="SecondsAStep">Recent mean of the seconds per step.</param>
internal sealed record TrainingPace(long Step, long Steps, double SecondsAStep)
{
    private const int Tail = 16 * 1024;

    /// <summary>Seconds until it ends.</summary>
    public double Left => Math.Max(0, Steps - Step) * SecondsAStep;

    /// <summary>Returns the pace of a run, or null if nothing is known yet.</summary>
    public static TrainingPace? Read(string run, TrainingSettings settings)
    {
        try
        {
            var lines = Last(Path.Combine(run, RunFiles.Metrics));
            if (lines.Count == 0) return null;
            var step = lines[^1].GetProperty("step").GetInt64();
            var epoch = lines[^1].GetProperty("epoch").GetDouble();
            var byEpochs = epoch > 0 ? (long)Math.Round(settings.Epochs * step / epoch) : long.MaxValue;
            var steps = settings.MaxSteps > 0 ? Math.Min(settings.MaxSteps, byEpochs) : byEpochs;
            return new TrainingPace(step, Math.Max(step, steps), lines.Average(l => l.GetProperty("step_seconds").GetDouble()));
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns the number of steps of a run, and the sum of their durations.</summary>
    public static FinishedTraining Sum(string run)
    {
        var (steps, seconds) = (0L, 0.0);
        foreach (var line in RegularFile.ReadLines(Path.Combine(run, RunFiles.Metrics)))
        {
            using var json = JsonDocument.Parse(line);
            steps = json.RootElement.GetProperty("step").GetInt64();
            seconds += json.RootElement.GetProperty("step_seconds").GetDouble();
        }

        return new FinishedTraining(steps, Math.Round(seconds, 3));
    }

    // Complete lines only: the last may be half-written, the first of the tail truncated.
    private static List<JsonElement> Last(string file)
    {
        if (!File.Exists(file)) return [];
        using var stream = RegularFile.OpenRead(file);
        var start = Math.Max(0, stream.Length - Tail);
        stream.Seek(start, SeekOrigin.Begin);
        var bytes = new byte[Tail];
        var text = Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, Tail, throwOnEndOfStream: false));
        var lines = text.Split('\n')[..^1].Skip(start > 0 ? 1 : 0);
        return [.. lines.Select(l => JsonSerializer.Deserialize<JsonElement>(l))];
    }
}
