using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Learning.Methods;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Http.Status;

/// <summary>Writes the status of a run as JSON, as the endpoint and <c>cacl status --json</c> return it.</summary>
internal static class StatusJson
{
    /// <summary>Returns the status of this program's run, without waiting for it.</summary>
    public static JsonObject Of(NodeState state)
    {
        var json = new JsonObject
        {
            ["run"] = Path.GetFileName(
            state.Folder.Path),
            ["pid"] = Environment.ProcessId,
            ["instance"] = state.Instance
        };
        if (state.Run is not { } run)
        {
            json["state"] = WordOf(RunState.Starting);
            json["verdict"] = "The training is being prepared.";
            json["metrics"] = Json(state.Method.Metrics);
            return json;
        }

        Add(json, run.Status(), state.Options!, state.Folder.Path);
        return json;
    }

    /// <summary>Returns a member's name as the API writes it.</summary>
    public static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Returns the live settings.</summary>
    public static JsonObject Json(LiveSettings settings) => new()
    {
        ["learning_rate_factor"] = settings.LearningRateFactor,
        ["loss_weights"] = new JsonObject(
            settings.LossWeights.All.Select(weight => KeyValuePair.Create(weight.Head, (JsonNode?)weight.Weight))),
        ["evaluate_every_steps"] = settings.EvaluateEverySteps,
        ["checkpoint_every_steps"] = settings.CheckpointEverySteps,
        ["decoders"] = settings.Decoders,
        ["log_level"] = settings.LogLevel,
    };

    /// <summary>Returns a change of a live setting.</summary>
    public static JsonObject Json(JournaledChange change) => new()
    {
        ["step"] = change.Step,
        ["setting"] = change.Setting,
        ["value"] = LiveSettingNames.IsWord(change.Setting) ? change.Value : JsonNode.Parse(change.Value),
        ["by"] = change.By,
    };

    /// <summary>Returns a moment as text.</summary>
    public static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static void Add(JsonObject json, RunStatus status, RunOptions options, string folder)
    {
        json["state"] = WordOf(status.State);
        json["paused_by"] = new JsonArray([.. PauseReasons(status).Select(p => JsonValue.Create(p))]);
        json["stopping"] = status.Stopping;
        json["step"] = status.Step;
        json["total_steps"] = status.Length.TotalSteps;
        json["epoch"] = Math.Round(status.Step / status.Length.StepsPerEpoch, 6);
        json["epochs"] = Math.Round(status.Length.TotalSteps / status.Length.StepsPerEpoch, 6);
        json["eta_seconds"] = status.Remaining is { } left ? Math.Round(left.TotalSeconds, 1) : null;
        json["started"] = Text(status.Started);
        json["seconds"] = Math.Round(status.Elapsed.TotalSeconds, 1);
        json["device"] = options.Device;
        json["method"] = options.Method.Word;
        json["backbone"] = options.Method.Architecture.Backbone;
        json["heads"] = new JsonArray([.. options.Method.Heads.Select(head => JsonValue.Create(head))]);
        json["chance"] = options.Method.Chance is { } chance ? Math.Round(chance.Value, 4) : null;
        json["metrics"] = Json(options.Method.Metrics);
        json["pairs_per_second"] = status.PairsPerSecond is { } pairs ? Math.Round(pairs, 3) : null;
        json["last"] = status.Last is { } last ? MetricsLine.Of(last) : null;
        json["checkpoint"] = status.Checkpoint is { } saved ? CheckpointJson(saved, folder) : null;
        json["time_shares"] = status.Times is { } times ? Json(times.Shares) : null;
        json["verdict"] = Verdict.Of(status, Environment.ProcessorCount);
        json["channel"] = new JsonObject { ["waiting"] = status.BatchesWaiting, ["capacity"] = status.BatchCapacity };
        json["in_flight"] = new JsonObject { ["bytes"] = status.BytesInFlight, ["limit"] = status.BytesLimit };
        json["queues"] = Queues(status.Step, options);
        json["decoders"] = new JsonObject
        {
            ["configured"] = status.Settings.Decoders, // 0: chosen
            ["wanted"] = status.DecodersWanted,
            ["alive"] = status.Decoders,
            ["busy"] = status.DecodersBusy,
        };
        json["settings"] = Json(status.Settings);
        json["settings_ahead"] = new JsonArray([.. status.Ahead.Select(Json)]);
        json["quarantined"] = status.Quarantined;
    }

    /// <summary>Returns a checkpoint, its path relative to the run folder.</summary>
    private static JsonObject CheckpointJson(SavedCheckpoint saved, string run) =>
        new() { ["step"] = saved.Step, ["time"] = Text(saved.Time), ["path"] = Path.GetRelativePath(run, saved.Path) };

    private static JsonObject Json(TimeShares times) =>
        new(times.Parts.Select(p => KeyValuePair.Create(p.Part, (JsonNode?)Math.Round(p.Share, 4))));

    /// <summary>
    /// Returns for each negative queue how many of its rows hold keys of this run; the others are still the random rows of the beginning.
    /// </summary>
    private static JsonObject Queues(long step, RunOptions options) => new(options.Method.Queues.Select(queue =>
    {
        var filled = Math.Min(queue.Size, step * queue.RowsPerStep(options.BatchSize, options.Sampling.EnqueuePixels));
        return KeyValuePair.Create(queue.Head, (JsonNode?)new JsonObject { ["filled"] = filled, ["size"] = queue.Size });
    }));

    /// <summary>Returns the metrics that the method reports; the dashboard finds and names its series by them.</summary>
    private static JsonArray Json(IReadOnlyList<MetricSpec> metrics) => new([.. metrics.Select(metric => new JsonObject
    {
        ["name"] = metric.Name,
        ["kind"] = WordOf(metric.Kind),
        ["head"] = metric.Head,
        ["label"] = metric.Label,
        ["chance"] = metric.Chance is { } chance ? new JsonObject { ["value"] = chance.Value, ["formula"] = chance.Formula } : null,
    })]);

    private static IEnumerable<string> PauseReasons(RunStatus status)
    {
        if (status.PausedByUser) yield return "user";
        if (status.PausedByCheckpoint) yield return "checkpoint";
    }
}
