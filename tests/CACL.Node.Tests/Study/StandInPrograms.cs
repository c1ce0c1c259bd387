using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Processes;
using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Study;

namespace CACL.Node.Tests.Study;

/// <summary>
/// Trains and evaluates in no time: it writes metrics and checkpoints of the right names, and scores that a function returns.
/// </summary>
internal sealed class StandInPrograms(Func<EvaluationJob, double> score, int steps = 30, int every = 10) : IStudyPrograms
{
    public List<string> Trained { get; } = [];

    public List<string> Evaluated { get; } = [];

    /// <summary>Run folders and checkpoints whose program fails.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>Outcome of a training that fails.</summary>
    public ChildExit End { get; set; } = new(1, ["No space left on device"]);

    /// <summary>Changes a manifest.</summary>
    public Action<EvaluationJob, JsonObject> Manifest { get; set; } = (_, _) => { };

    /// <summary>The counts of each test image; null: none, as from older programs.</summary>
    public Func<EvaluationJob, ImageCounts?> Counts { get; set; } = _ => null;

    public ChildExit Train(TrainingJob job, CancellationToken stop)
    {
        Trained.Add(Path.GetFileName(job.Run));
        if (Fails(job.Run)) return End;
        Directory.CreateDirectory(job.Run);
        File.WriteAllLines(Path.Combine(job.Run, "metrics.jsonl"), Enumerable.Range(1, steps).Select(s => $$"""{"step":{{s}},"epoch":{{s / 10.0}},"step_seconds":0.5}"""));
        for (var step = every; step <= steps; step += every)
            Directory.CreateDirectory(Path.Combine(job.Run, "checkpoints", $"step-{step:D8}"));
        return new ChildExit(0, []);
    }

    public ChildExit Evaluate(EvaluationJob job, CancellationToken stop)
    {
        Evaluated.Add($"{job.DataSet.Name} {Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(job.Checkpoint)))} "
            + $"{Path.GetFileName(job.Checkpoint)} {job.Seed}");
        if (Fails(job.Checkpoint)) return new ChildExit(1, ["There is no such file."]);
        var miou = score(job);
        var manifest = new JsonObject
        {
            ["dataset"] = new JsonObject { ["kind"] = job.DataSet.Kind, ["classes"] = 2 },
            ["protocol"] = new JsonObject { ["name"] = job.DataSet.Protocol, ["epochs"] = 3 },
            ["checkpoint"] = new JsonObject { ["sha256"] = $"{job.Checkpoint}{job.Seed}" },
        };
        Manifest(job, manifest);
        var result = new JsonObject
        {
            ["miou"] = miou,
            ["macc"] = miou + 0.1,
            ["aacc"] = miou + 0.2,
            ["iou"] = new JsonArray(miou, null),
            ["classes"] = new JsonArray("road", "sky, blue"),
            ["seconds"] = 2.5,
            ["manifest"] = manifest,
        };
        if (Counts(job) is { } counts)
        {
            var names = Enumerable.Range(0, counts.Images).Select(i => $"{i}").ToArray();
            new ImageCountsFile(counts, names).Write(Path.Combine(job.Out, ImageCountsFile.Name));
        }

        File.WriteAllText(Path.Combine(job.Out, "result.json"), result.ToJsonString(JsonSerializerOptions.Default));
        return new ChildExit(0, []);
    }
}
