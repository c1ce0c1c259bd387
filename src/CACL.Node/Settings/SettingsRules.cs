using CACL.Configuration.Reading;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;

namespace CACL.Node.Settings;

/// <summary>Rules between settings, whose violation would otherwise surface deep inside a run.</summary>
internal static class SettingsRules
{
    // The last stage reflects 4 positions, so its map of crop-size/8 must have at least 5.
    private const int SmallestReflected = 40;

    /// <summary>Reports every broken rule. A rule is skipped if one of its settings is already wrong by itself.</summary>
    public static void Check(RunSettings s, SettingsReader reader)
    {
        var (data, model, training) = (s.Data, s.Model, s.Training);
        var positions = data.CropSize / 8 * (data.CropSize / 8);

        Rule("cacl.data.crop-size", data.CropSize % 8 == 0, $"is {data.CropSize}; it must be a multiple of 8, the stride of the feature "
            + $"map, such as {Math.Max(32, data.CropSize / 8 * 8)}.");
        Rule(
            "cacl.data.crop-area", data.CropAreaMin > 0 && data.CropAreaMax <= 1 && data.CropAreaMin <= data.CropAreaMax,
            $"is [{data.CropAreaMin}, {data.CropAreaMax}]; both numbers lie above 0 and at most at 1, the smaller one first.");
        Rule(
            "cacl.training.batch-size",
            training.BatchSize % Math.Max(1, model.BatchNormSplits) == 0,
            $"is {training.BatchSize}, which cacl.model.bn-splits = {model.BatchNormSplits} does not divide; take a multiple of "
                + $"{model.BatchNormSplits}, or other splits.",
            "cacl.model.bn-splits");
        Rule(
            "cacl.training.batch-size",
            training.BatchSize >= s.ToMethod().SmallestBatch,
            $"is {training.BatchSize}, too few pairs for the method {s.Method.Word}; take {s.ToMethod().SmallestBatch} or more.",
            KnownMethods.Key, "cacl.model.bn-splits");
        Rule(
            "cacl.model.enqueue-pixels",
            model.EnqueuePixels <= positions,
            $"is {model.EnqueuePixels}, but a feature map of crop-size {data.CropSize} has {positions} positions; "
                + $"take at most {positions}.",
            "cacl.data.crop-size");
        CheckQueue(s, Rule);
        Rule(
            "cacl.model.padding",
            model.Padding != Padding.Reflect || data.CropSize >= SmallestReflected,
            $"is reflect, but a crop-size of {data.CropSize} leaves feature maps smaller than what is reflected; take a crop-size of "
                + $"{SmallestReflected} or more, or zeros.",
            "cacl.data.crop-size");
        if (s.Method == KnownMethods.Cacl) CheckCacl(model, Rule);
        Rule(
            "cacl.training.warmup-epochs",
            training.WarmupEpochs < training.Epochs,
            $"is {training.WarmupEpochs}, not fewer than cacl.training.epochs = {training.Epochs}.",
            "cacl.training.epochs");
        foreach (var (section, backOff) in new[]
        {
            ("cacl.checkpoints.retry", s.Checkpoints.Retry),
            ("cacl.supervision.decoder", s.Supervision.DecoderBackOff),
            ("cacl.evaluation.retry", s.TrainingEvaluation.Retry),
        })
        {
            Rule($"{section}.max-backoff", backOff.Max >= backOff.Min, $"is shorter than {section}.min-backoff.", $"{section}.min-backoff");
        }

        Rule(
            "cacl.evaluation.tile-size",
            s.Evaluation.Tiles.Size % 8 == 0,
            $"is {s.Evaluation.Tiles.Size}; it must be a multiple of 8, the stride of the feature map, such as "
                + $"{s.Evaluation.Tiles.Size / 8 * 8}.");
        Rule(
            "cacl.evaluation.tile-overlap",
            s.Evaluation.Tiles.Overlap < s.Evaluation.Tiles.Size,
            $"is {s.Evaluation.Tiles.Overlap}, not less than cacl.evaluation.tile-size = {s.Evaluation.Tiles.Size}.",
            "cacl.evaluation.tile-size");
        Rule(
            "cacl.evaluation.limited.scale",
            s.Evaluation.Limited.ScaleMin >= 0.1
                && s.Evaluation.Limited.ScaleMax <= 10
                && s.Evaluation.Limited.ScaleMin <= s.Evaluation.Limited.ScaleMax,
            $"is [{s.Evaluation.Limited.ScaleMin}, {s.Evaluation.Limited.ScaleMax}]; both numbers lie from 0.1 to 10, the smaller one "
                + "first.");
        Rule(
            "cacl.evaluation.quick.image-size",
            s.Evaluation.Quick.ImageSize <= s.Evaluation.Tiles.Size,
            $"is {s.Evaluation.Quick.ImageSize}, more than cacl.evaluation.tile-size = {s.Evaluation.Tiles.Size}.",
            "cacl.evaluation.tile-size");
        CheckFigures(s, Rule);

        void Rule(string key, bool holds, string message, params string[] others)
        {
            if (!holds && reader.IsSound([key, .. others])) reader.Report(key, message);
        }
    }

    private static void CheckCacl(ModelSettings model, Action<string, bool, string, string[]> rule)
    {
        rule(
            "cacl.model.heads",
            model.Heads != Heads.None,
            $"is empty; at least one of {string.Join(", ", CaclHeads.Names)} must be on.",
            []);
        rule(
            "cacl.model.soft-cycle",
            model.SoftCycle != true || model.Heads.HasFlag(Heads.Global),
            "is true, but the global head, which gives its target, is off; switch that on in cacl.model.heads, or take auto or false.",
            ["cacl.model.heads"]);
        rule(
            "cacl.model.cycle-target",
            model.CycleTarget is not (CycleTarget.Soft or CycleTarget.SoftSelf) || model.Heads.HasFlag(Heads.Global),
            "is made by the global head, which is off; switch that on in cacl.model.heads, or take hard, features or features-self.",
            ["cacl.model.heads"]);
        rule(
            "cacl.model.cycle-target",
            model.CycleTarget is not { } target || model.SoftCycle is not { } soft || soft != (target == CycleTarget.Hard),
            $"contradicts cacl.model.soft-cycle = {(model.SoftCycle == true ? "true" : "false")}; set that to auto.",
            ["cacl.model.soft-cycle"]);
    }

    // A condition needs a figure that the steps report.
    private static void CheckFigures(RunSettings s, Action<string, bool, string, string[]> rule)
    {
        var (known, method) = (s.Method.Defaults.Describe(), s.ToMethod().Describe());
        const string Key = "cacl.evaluation.when";
        foreach (var name in s.TrainingEvaluation.When.Select(condition => condition.Metric).Where(KnownMethods.Reports).Distinct())
        {
            var spec = known.Metrics.FirstOrDefault(metric => metric.Name == name);
            if (spec is null)
            {
                rule(Key, false, $"names {name}, which the method {s.Method.Word} does not report.", [KnownMethods.Key]);
                continue;
            }

            var on = method.Heads.Contains(spec.Head);
            rule(Key, on, $"names {name}, but the {spec.Head} head is off: there is no such figure.", ["cacl.model.heads"]);
            rule(
                Key,
                !on || method.Metrics.Any(metric => metric.Name == name),
                $"names {name}, which these settings of the {spec.Head} head do not have.",
                ["cacl.model.cycle-target"]);
        }
    }

    // A step must not overwrite rows that it has just written itself.
    private static void CheckQueue(RunSettings s, Action<string, bool, string, string[]> rule)
    {
        var (batch, pixels) = (s.Training.BatchSize, s.Model.EnqueuePixels);
        foreach (var queues in s.ToMethod().Describe().Queues.GroupBy(
            queue => queue.Size == s.Model.QueueSize ? "cacl.model.queue-size" : QueueAdvice.Key(queue)))
        {
            var fullest = queues.MaxBy(queue => queue.RowsPerStep(batch, pixels))!;
            var rows = fullest.RowsPerStep(batch, pixels);
            var made = fullest.Rows == QueueRows.ChosenPixels ? $"{batch} frames x {pixels} pixels" : $"{batch} frames";
            rule(
                queues.Key,
                rows <= fullest.Size,
                $"is {fullest.Size}, fewer than the {rows} rows ({made}) that one step enqueues; enlarge the queue, or lower batch-size "
                    + "or enqueue-pixels.",
                [QueueAdvice.Key(fullest), "cacl.training.batch-size", "cacl.model.enqueue-pixels"]);
        }
    }
}
