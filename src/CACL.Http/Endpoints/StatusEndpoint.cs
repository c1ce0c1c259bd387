using System.Text.Json.Nodes;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Http.Status;
using CACL.Runs.Evaluations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/status</c> returns how far the run is, what it is doing, the last step's figures, the evaluations that run and wait.
/// </summary>
internal static class StatusEndpoint
{
    /// <summary>How long the run may take to answer; it answers within milliseconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) =>
        routes.MapGet("/api/status", context => AnswerAsync(context, state));

    /// <summary>Returns an evaluation to be made, as JSON.</summary>
    internal static JsonObject Json(EvaluationRequest request)
    {
        var json = EvaluationEndpoints.Json(request.Target);
        json["step"] = request.Step;
        json["trigger"] = EvaluationTriggers.WordOf(request.Trigger);
        return json;
    }

    private static JsonObject Json(RunningEvaluation running)
    {
        var json = Json(running.Request);
        json["worker"] = running.Worker;
        return json;
    }

    /// <summary>Returns the response.</summary>
    /// <exception cref="AskTimeoutException">The run does not answer.</exception>
    internal static async Task<JsonObject> ReadAsync(NodeState state)
    {
        var answer = StatusJson.Of(state);
        if (state.Run is { } run)
        {
            var evaluations = await run.EvaluationsAsync(Patience).ConfigureAwait(false);
            answer["evaluating"] = new JsonObject
            {
                ["running"] = evaluations.Running is { } first ? Json(first) : null,
                ["underway"] = new JsonArray([.. evaluations.Underway.Select(Json)]),
                ["waiting"] = new JsonArray([.. evaluations.Waiting.Select(Json)]),
            };
        }

        answer["evaluations"] = state.Evaluations.Read();
        return answer;
    }

    private static async Task AnswerAsync(HttpContext context, NodeState state) =>
        await Answers.JsonAsync(context, StatusCodes.Status200OK, await ReadAsync(state).ConfigureAwait(false)).ConfigureAwait(false);
}
