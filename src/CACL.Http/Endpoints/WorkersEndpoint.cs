using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Membership;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/workers</c> returns the workers on other machines that decode or evaluate for the run; <c>POST /api/workers/drain</c> has
/// one finish what it has, and end.
/// </summary>
internal static class WorkersEndpoint
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state)
    {
        routes.MapGet("/api/workers", context => Answers.JsonAsync(context, StatusCodes.Status200OK, Json(state)));
        routes.MapPost("/api/workers/drain", context => DrainAsync(context, state));
    }

    private static JsonObject Json(NodeState state) => new()
    {
        ["instance"] = state.Instance,
        ["workers"] = new JsonArray(
        [
            .. (state.Workers?.List() ?? []).Select(worker => new JsonObject
            {
                ["name"] = worker.Name,
                ["address"] = worker.Address,
                ["role"] = worker.Role,
                ["state"] = StateOf(worker),
                ["decoders"] = worker.Decoders,
                ["pairs"] = worker.Pairs,
                ["evaluations"] = worker.Evaluations,
                ["evaluated"] = worker.Evaluated,
                ["doing"] = new JsonArray([.. worker.Doing.Select(words => JsonValue.Create(words))]),
                ["handed_back"] = worker.HandedBack,
                ["bytes"] = worker.Bytes,
                ["bytes_per_second"] = Math.Round(worker.BytesPerSecond),
            }),
        ]),
    };

    private static string StateOf(WorkerStatus worker) =>
        worker.Leaving ? "leaving"
        : worker.Role == ClusterMember.Decoder ? "decoding"
        : worker.Doing.Count > 0 ? "evaluating"
        : "idle";

    private static async Task DrainAsync(HttpContext context, NodeState state)
    {
        if (!await Requests.IsMeantAsync(context, state).ConfigureAwait(false)) return;
        using var body = await Requests.BodyAsync(context).ConfigureAwait(false);
        if (body?.RootElement is not { ValueKind: JsonValueKind.Object } fields
            || !fields.TryGetProperty("worker", out var worker) || worker.ValueKind != JsonValueKind.String)
        {
            await Answers.FaultAsync(
                context, StatusCodes.Status400BadRequest, "Send an object that names a worker, such as {\"worker\":\"node7\"}.")
                .ConfigureAwait(false);
            return;
        }

        var name = worker.GetString()!;
        if (state.Workers is not { } desk || !desk.Drain(name))
        {
            await Answers.FaultAsync(context, StatusCodes.Status404NotFound, $"No worker {name} works for this run.")
                .ConfigureAwait(false);
            return;
        }

        await Answers.JsonAsync(
            context, StatusCodes.Status202Accepted,
            new JsonObject { ["message"] = $"{name} takes nothing more, finishes what it has, and ends." }).ConfigureAwait(false);
    }
}
