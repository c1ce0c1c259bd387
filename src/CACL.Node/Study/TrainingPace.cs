using System.Text;
using System.Text.Json;
using CACL.Data.Files;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Study;

/// <summary>How far a training is, read from its metrics.jsonl while it writes it.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all, estimated where the settings give epochs only.</param>
/// <param name="SecondsAStep">Recent mean.</param>
internal sealed record TrainingPace(long Step, long Steps, double SecondsAStep)
{
    private const int Tail = 16 * 1024;

    /// <summary>Seconds until its end.</summary>
    public double Left => Math.Max(0, Steps - Step) * SecondsAStep;

    /// <summary>The pace of a run; null where nothing is known yet.</summary>
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

    /// <summary>The steps of a run and the sum of their durations.</summary>
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

    // Whole lines only: the last may be half written, the first of the tail cut.
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
