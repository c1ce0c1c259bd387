using System.Text.Json.Nodes;
using CACL.Http.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary><c>GET /api/actors</c> returns the actors of the run, parents before children; none before it has begun.</summary>
internal static class ActorsEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) =>
        routes.MapGet("/api/actors", context => Answers.JsonAsync(context, StatusCodes.Status200OK, Json(state)));

    /// <summary>Returns the list.</summary>
    internal static JsonArray Json(NodeState state) => new(
    [
        .. (state.Run?.Actors() ?? []).Select(actor => new JsonObject
        {
            ["path"] = actor.Path,
            ["kind"] = actor.Kind,
            ["state"] = StatusJson.WordOf(actor.State),
            ["restarts"] = actor.Restarts,
            ["last_decision"] = actor.LastDecision,
            ["since"] = StatusJson.Text(actor.Since),
        }),
    ]);
}
