using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Actors.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Node.Http.Endpoints;

/// <summary><c>GET /api/status</c>: how far the run is, what it is doing, the last step's figures, the evaluations that run and wait.</summary>
internal static class StatusEndpoint
{
    /// <summary>Time that the run may take to answer; it answers within milliseconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Adds it.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) => routes.MapGet("/api/status", context => AnswerAsync(context, state));

    /// <summary>An evaluation to be made.</summary>
    internal static JsonObject Json(EvaluationRequest request)
    {
        var json = EvaluationEndpoints.Json(request.Target);
        json["step"] = request.Step;
        json["trigger"] = EvaluationTriggers.WordOf(request.Trigger);
        return json;
    }

    private static async Task AnswerAsync(HttpContext context, NodeState state)
    {
        var answer = new JsonObject { ["run"] = state.Folder.Path, ["pid"] = Environment.ProcessId, ["instance"] = state.Instance };
        if (state.Run is { } run)
        {
            var (step, phase, _) = await run.StatusAsync(Patience).ConfigureAwait(false);
            var evaluations = await run.EvaluationsAsync(Patience).ConfigureAwait(false);
            answer["phase"] = JsonNamingPolicy.KebabCaseLower.ConvertName(phase.ToString());
            answer["step"] = step;
            answer["steps"] = state.Length!.TotalSteps;
            answer["epoch"] = step / state.Length.StepsPerEpoch;
            answer["last"] = state.Last is { } last ? MetricsLine.Of(last) : null;
            answer["evaluations"] = new JsonObject
            {
                ["running"] = evaluations.Running is { } running ? Json(running) : null,
                ["waiting"] = new JsonArray([.. evaluations.Waiting.Select(Json)]),
            };
        }
        else
        {
            answer["phase"] = "preparing";
        }

        await Answers.JsonAsync(context, StatusCodes.Status200OK, answer).ConfigureAwait(false);
    }
}
