using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Data.Wording;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/evaluations</c> returns the lines of evaluations.jsonl; <c>POST</c> has the training's present state evaluated.
/// </summary>
internal static class EvaluationEndpoints
{
    private static readonly string[] Fields = ["dataset", "protocol", "variant"];

    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state)
    {
        routes.MapGet("/api/evaluations", context => ListAsync(context, state));
        routes.MapPost("/api/evaluations", context => RequestAsync(context, state));
    }

    /// <summary>Returns what is to be evaluated, as JSON.</summary>
    internal static JsonObject Json(EvaluationTarget target)
    {
        var json = new JsonObject { ["dataset"] = target.DataSet, ["protocol"] = target.Protocol, ["variant"] = target.Variant };
        if (target.Fraction is { } fraction) json["fraction"] = fraction;
        return json;
    }

    private static Task ListAsync(HttpContext context, NodeState state)
    {
        var lines = File.Exists(state.Folder.Evaluations)
            ? JsonLinesFile.Read(state.Folder.Evaluations).Select(line => JsonNode.Parse(line.GetRawText()))
            : [];
        return Answers.JsonAsync(context, StatusCodes.Status200OK, new JsonArray([.. lines]));
    }

    private static async Task RequestAsync(HttpContext context, NodeState state)
    {
        if (!await Requests.IsMeantAsync(context, state).ConfigureAwait(false)) return;
        if (await ReadAsync(context).ConfigureAwait(false) is not { } demand) return;
        if (await Requests.RunAsync(context, state).ConfigureAwait(false) is not { } run) return;
        var answer = await run.RequestEvaluationAsync(demand, StatusEndpoint.Patience).ConfigureAwait(false);
        await TellAsync(context, demand, answer).ConfigureAwait(false);
    }

    private static Task TellAsync(HttpContext context, EvaluationDemand demand, EvaluationAnswer answer)
    {
        if (answer.DataSets.Count == 0)
            return Answers.FaultAsync(
                context, StatusCodes.Status409Conflict,
                $"No data set is configured for this run. Resume it with {SettingNames.EvaluationDataSets} set.");
        if (answer.Queued.Count == 0)
        {
            return Answers.FaultAsync(
                context,
                StatusCodes.Status404NotFound,
                $"No data set is called {demand.DataSet}; there {(answer.DataSets.Count == 1 ? "is" : "are")} "
                    + $"{string.Join(", ", answer.DataSets)}.",
                new JsonObject { ["datasets"] = new JsonArray([.. answer.DataSets.Select(name => JsonValue.Create(name))]) });
        }

        return Answers.JsonAsync(
            context,
            StatusCodes.Status202Accepted,
            new JsonObject
            {
                ["queued"] = new JsonArray([.. answer.Queued.Select(Json)]),
                ["replaced"] = new JsonArray([.. answer.Replaced.Select(StatusEndpoint.Json)]),
            });
    }

    /// <summary>Returns what the body asks for; null where an error was the response.</summary>
    private static async Task<EvaluationDemand?> ReadAsync(HttpContext context)
    {
        using var body = await Requests.BodyAsync(context).ConfigureAwait(false);
        var wrong = body is null ? "The body is not JSON." : FaultOf(body.RootElement);
        if (wrong is null)
            return new EvaluationDemand(
                Text(body!.RootElement, "dataset"), Text(body.RootElement, "protocol"), Text(body.RootElement, "variant"));
        await Answers.FaultAsync(
            context, StatusCodes.Status400BadRequest,
            $"{wrong} Send an object such as {{\"dataset\":\"camvid\"}}, or {{}} for all data sets.").ConfigureAwait(false);
        return null;
    }

    private static string? FaultOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return "The body is not an object.";
        foreach (var field in body.EnumerateObject())
        {
            if (!Fields.Contains(field.Name)) return $"There is no field {field.Name}; there are {string.Join(", ", Fields)}.";
            if (field.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return $"{field.Name} is not a text.";
        }

        if (Text(body, "protocol") is { } protocol && !EvaluationProtocols.All.Contains(protocol))
            return $"The protocol {protocol} is none of {string.Join(", ", EvaluationProtocols.All)}.";
        if (Text(body, "variant") is { } variant and not (EvaluationProtocols.Full or EvaluationProtocols.Quick))
            return $"The variant {variant} is none of full, quick.";
        return null;
    }

    private static string? Text(JsonElement body, string field) => body.TryGetProperty(field, out var value) ? value.GetString() : null;
}
