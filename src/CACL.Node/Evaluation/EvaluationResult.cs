using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CACL.Node.Evaluation;

/// <summary>The result of an evaluation as it is written: an undefined score is null.</summary>
/// <param name="Miou">Mean IoU, 0 to 1.</param>
/// <param name="Macc">Mean accuracy of the classes.</param>
/// <param name="Aacc">Share of pixels that are right.</param>
/// <param name="Iou">IoU of each class; null for one that does not occur.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Seconds">Time the evaluation took.</param>
/// <param name="TrainLoss">Mean loss of the last epoch of training, nats per pixel; null if nothing was trained.</param>
/// <param name="Notes">Sentences that readers of the figures should know; mostly none.</param>
/// <param name="Manifest">What was measured.</param>
/// <param name="Intervals">How far the scores depend on which images were tested; null: not asked for.</param>
/// <param name="Sweep">The learning rates that were tried; null, and not written: none.</param>
internal sealed record EvaluationResult(
    double? Miou, double? Macc, double? Aacc, double?[] Iou, string[] Classes, double Seconds, double? TrainLoss, string[] Notes,
    EvaluationManifest Manifest, ResultIntervals? Intervals = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ResultSweep? Sweep = null)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Returns the result as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Returns a number as JSON can represent it.</summary>
    public static double? Number(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>
/// What was measured. Two results may be compared if and only if <see cref="Dataset"/> and <see cref="Protocol"/> are equal.
/// </summary>
/// <param name="Dataset">Data set and splits.</param>
/// <param name="Protocol">Name, variant and every setting that was used.</param>
/// <param name="Checkpoint">The backbone.</param>
/// <param name="Program">What computed it.</param>
internal sealed record EvaluationManifest(
    ManifestDataset Dataset, IReadOnlyDictionary<string, object> Protocol, ManifestCheckpoint Checkpoint, ManifestProgram Program);

/// <param name="Kind">cityscapes, voc or folder.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Train">The split used for training.</param>
/// <param name="Test">The split that was scored.</param>
internal sealed record ManifestDataset(string Kind, int Classes, ManifestSplit Train, ManifestSplit Test);

/// <param name="Split">Its name.</param>
/// <param name="Images">Number of images used.</param>
/// <param name="Sha256">Hash of the whole split: see <see cref="Data.DataSets.DataSetHash"/>. The protocol's seed and numbers decide which
/// of its images are used.</param>
internal sealed record ManifestSplit(string Split, int Images, string Sha256);

/// <param name="Sha256">SHA-256 of the file.</param>
/// <param name="Step">Training steps done; null if the file does not say.</param>
/// <param name="Backbone">resnet18 or resnet50.</param>
/// <param name="Source">Path, or random.</param>
internal sealed record ManifestCheckpoint(string Sha256, long? Step, string Backbone, string Source);

/// <param name="Version">Version of this program.</param>
/// <param name="Device">cpu or cuda:N.</param>
/// <param name="Threads">Number of CPU threads.</param>
/// <param name="Precision">The numbers that the backbone was computed in: fp32, tf32 or bf16; null: from before the choice.</param>
internal sealed record ManifestProgram(string Version, string Device, int Threads, string? Precision = null);
