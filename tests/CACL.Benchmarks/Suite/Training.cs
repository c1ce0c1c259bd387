using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Data.Files;

namespace CACL.Benchmarks.Suite;

/// <summary>A training by the program itself, in a process of its own, as its metrics.jsonl tells it.</summary>
internal sealed class Training
{
    private readonly string _folder;
    private readonly List<JsonObject> _steps;

    private Training(string folder, ProgramRun run)
    {
        (_folder, Run) = (folder, run);
        var file = Path.Combine(folder, "metrics.jsonl");
        _steps = File.Exists(file) ? Lines(file) : throw new MeasurementException("The training wrote no metrics.jsonl.");
    }

    /// <summary>The process.</summary>
    public ProgramRun Run { get; }

    /// <summary>Seconds from the start of the process to the line of the first step, where there is one step only.</summary>
    public double SecondsToFirstLine => (File.GetLastWriteTimeUtc(Path.Combine(_folder, "metrics.jsonl")) - Run.Began).TotalSeconds;

    /// <summary>Seconds of the steps after the first, of the waits for data and of the snapshots between them.</summary>
    public double Seconds => After("step_seconds") + After("wait_seconds") + After("snapshot_seconds");

    /// <summary>Share of that time in which the training waited for data.</summary>
    public double WaitShare => After("wait_seconds") / Seconds;

    /// <summary>
    /// Thread-seconds of evaluations that ran during <see cref="Seconds"/>: what evaluations.jsonl says about their ends, durations and
    /// threads, without what came before or after.
    /// </summary>
    public double EvaluationThreadSeconds
    {
        get
        {
            var file = Path.Combine(_folder, "evaluations.jsonl");
            if (!File.Exists(file)) return 0;
            var end = File.GetLastWriteTimeUtc(Path.Combine(_folder, "metrics.jsonl"));
            var begin = end.AddSeconds(-Seconds);
            return Lines(file).Where(line => line["status"]?.ToString() == "done").Sum(line =>
            {
                var ended = DateTimeOffset.Parse(line["time"]!.ToString(), CultureInfo.InvariantCulture).UtcDateTime;
                var began = ended.AddSeconds(-Number(line, "seconds"));
                var within = ((ended < end ? ended : end) - (began > begin ? began : begin)).TotalSeconds;
                return Math.Max(0, within) * (line["manifest"]?["program"]?["threads"]?.GetValue<double>() ?? 1);
            });
        }
    }

    /// <summary>Steps after the first.</summary>
    public int Steps => _steps.Count - 1;

    /// <summary>Trains.</summary>
    /// <param name="bench">What the measurements work with.</param>
    /// <param name="videos">Folder of videos.</param>
    /// <param name="steps">Steps, with the first, which is not counted.</param>
    /// <param name="watchMemory">Whether its memory is looked at while it runs.</param>
    /// <param name="settings">Further settings, key=value.</param>
    /// <exception cref="MeasurementException">It failed, or did fewer steps.</exception>
    public static Training Of(Workbench bench, string videos, int steps, bool watchMemory, params string[] settings)
    {
        var configuration = bench.New("settings");
        AtomicFile.WriteText(configuration, "");
        var folder = bench.New("run");
        string[] all =
        [
            $"cacl.data.videos=[{Quoted(videos)}]", $"cacl.data.catalog={Quoted(bench.Clips.Catalog(videos))}", "cacl.http.enabled=false",
            "cacl.training.epochs=1000000", $"cacl.training.max-steps={steps}", $"cacl.training.threads={bench.Settings.Threads}",
            .. settings,
        ];
        var command = bench.Programs.Cacl.With(
            ["train", "--config", configuration, "--run", folder, .. all.SelectMany(setting => new[] { "--set", setting })]);
        var training = new Training(folder, ProgramRun.Of(command, bench.Stop, watchMemory));
        return training.Steps == steps - 1
            ? training
            : throw new MeasurementException($"The training did {training._steps.Count} of {steps} steps.");
    }

    /// <summary>Returns a text as a value of a setting.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private double After(string figure) => _steps.Skip(1).Sum(line => Number(line, figure));

    private static double Number(JsonObject line, string name) => line[name]?.GetValue<double>() ?? 0;

    private static List<JsonObject> Lines(string file) =>
        [.. RegularFile.ReadLines(file).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!.AsObject())];
}
