using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Data.Files;
using CACL.Learning.Weights;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>
/// Has a run's evaluations made on workers, with the settings, the images and the number of threads that they would have here.
/// </summary>
internal sealed class EvaluationOrders : IEvaluationOrders
{
    // What an evaluation leaves beside its result.
    private static readonly string[] Kept = ["evaluate.log", "classifier.safetensors", "counts.safetensors"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, EvaluatedDataSet> _dataSets;
    private readonly EvaluationProtocolSettings _evaluation;
    private readonly IReadOnlyList<string> _settings;
    private readonly string _results;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OrderedData> _known = [];

    /// <summary>Creates the orders of one run.</summary>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="results">Folder in which each evaluation gets a folder for its results.</param>
    /// <param name="threads">Threads of the tensor library.</param>
    public EvaluationOrders(ResolvedConfiguration configuration, string results, int threads)
    {
        _dataSets = configuration.Settings.TrainingEvaluation.DataSets.ToDictionary(d => d.Name);
        _evaluation = configuration.Settings.Evaluation;
        _settings = MeasuredSettings.Of(configuration, threads);
        _results = results;
    }

    /// <inheritdoc/>
    public EvaluationOrder Of(EvaluationRequest request) => new(
        request.Target, request.Step, Identity(_dataSets[request.Target.DataSet]), CheckpointPart.ToEvaluate(request.Checkpoint),
        _settings);

    /// <inheritdoc/>
    public JsonObject Take(EvaluationRequest request, EvaluationOrder order, MadeEvaluation made)
    {
        var result = made.Result;
        var (data, checkpoint) = (result["manifest"]?["dataset"], result["manifest"]?["checkpoint"] as JsonObject);
        var network = order.Checkpoint.FirstOrDefault(part => part.Sha256 == Text(checkpoint?["sha256"]));
        if (network is null || checkpoint is null) throw new EvaluationFailedException("its result is about another checkpoint");
        if (!IsOf(data?["train"], order.Data.Train) || !IsOf(data?["test"], order.Data.Test))
            throw new EvaluationFailedException("its result is about other images");
        checkpoint["source"] = Path.Combine(request.Checkpoint, network.Name);
        Keep(request, made);
        return result;
    }

    private void Keep(EvaluationRequest request, MadeEvaluation made)
    {
        var folder = Path.Combine(_results, EvaluationProcess.FolderOf(request));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        FileSync.MakeFolder(folder);
        foreach (var name in Kept)
        {
            if (made.Files.TryGetValue(name, out var bytes)) AtomicFile.WriteBytes(Path.Combine(folder, name), bytes);
        }

        AtomicFile.WriteText(Path.Combine(folder, "result.json"), made.Result.ToJsonString(Plain) + "\n", durable: true);
    }

    private OrderedData Identity(EvaluatedDataSet dataSet)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(dataSet.Name, out var known))
            {
                known = _known[dataSet.Name] = DataSetIdentity.Of(
                    dataSet, dataSet.TrainSplit ?? _evaluation.TrainSplit, dataSet.TestSplit ?? _evaluation.TestSplit);
            }

            return known;
        }
    }

    private static bool IsOf(JsonNode? split, OrderedSplit wanted) =>
        Text(split?["split"]) == wanted.Name && Text(split?["sha256"]) == wanted.Sha256;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
