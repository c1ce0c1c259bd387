using System.Text.Json.Nodes;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Http.Probes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /metrics</c> returns the metrics for Prometheus; <c>GET</c> or <c>HEAD</c> of <c>/healthz/live</c> and <c>/healthz/ready</c>
/// returns 200 or 503, and each check with a sentence. Probes need no token (<see cref="RequestGuard"/>), so the run is asked at most every
/// 250 ms, however many there are.
/// </summary>
internal static class TelemetryEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state)
    {
        if (state.Meters is { } meters)
            routes.MapPrometheusScrapingEndpoint("/metrics", meters, configureBranchedPipeline: null, optionsName: null);
        if (state.Health is not { } health) return;
        var training = new SharedAnswer<(LoopPhase? Phase, long Step)>(() => TrainingAsync(state), Fresh);
        routes.MapMethods("/healthz/live", Methods, context => AnswerAsync(context, training, health, health.Live));
        routes.MapMethods("/healthz/ready", Methods, context => AnswerAsync(context, training, health, health.Ready));
    }

    private static async Task AnswerAsync(
        HttpContext context,
        SharedAnswer<(LoopPhase? Phase, long Step)> training,
        Health health,
        Func<HealthFacts?, IReadOnlyList<HealthCheck>> look)
    {
        var (phase, step) = await training.ReadAsync().ConfigureAwait(false);
        var checks = look(health.Facts(phase, step));
        var well = checks.All(check => check.Ok);
        var answer = new JsonObject
        {
            ["status"] = well ? "ok" : "failing",
            ["checks"] = new JsonObject(checks.Select(check =>
                KeyValuePair.Create<string, JsonNode?>(check.Name, new JsonObject { ["ok"] = check.Ok, ["text"] = check.Text }))),
        };
        await Answers.JsonAsync(context, well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, answer)
            .ConfigureAwait(false);
    }

    private static async Task<(LoopPhase? Phase, long Step)> TrainingAsync(NodeState state)
    {
        if (state.Run is not { } run) return (null, 0);
        try
        {
            var (step, phase, _) = await run.StatusAsync(StatusEndpoint.Patience).ConfigureAwait(false);
            return (phase, step);
        }
        catch (AskTimeoutException)
        {
            return (null, state.Last?.Step ?? 0);
        }
    }
}
