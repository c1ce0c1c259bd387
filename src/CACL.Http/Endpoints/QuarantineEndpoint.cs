using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Runs.Folder;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/quarantine?limit=</c> returns how many videos could not be used, how many for which reason, and the last ones with what was
/// wrong with each: <c>{"count", "reasons": {reason: count}, "videos": [line of quarantine.jsonl, newest first]}</c>.
/// </summary>
internal static class QuarantineEndpoint
{
    private const int DefaultLimit = 200;
    private const int MostLimit = 5000;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) =>
        routes.MapGet("/api/quarantine", context => AnswerAsync(context, state.Folder.Quarantine));

    private static Task AnswerAsync(HttpContext context, string file)
    {
        var limit = DefaultLimit;
        if (context.Request.Query["limit"] is [{ Length: > 0 } text]
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit > MostLimit))
        {
            return Answers.FaultAsync(context, StatusCodes.Status400BadRequest, $"limit is a number of videos, at most {MostLimit}.");
        }

        var count = 0;
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var last = new Queue<JsonElement>();
        foreach (var line in File.Exists(file) ? JsonLinesFile.Read(file) : [])
        {
            count++;
            var reason = line.ValueKind == JsonValueKind.Object && line.TryGetProperty("reason", out var found) ? found.ToString() : "";
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            if (last.Count == limit && !last.TryDequeue(out _)) continue;
            last.Enqueue(line);
        }

        return Answers.JsonAsync(
            context,
            StatusCodes.Status200OK,
            new JsonObject
            {
                ["count"] = count,
                ["reasons"] = new JsonObject(reasons.Select(r => KeyValuePair.Create<string, JsonNode?>(r.Key, r.Value))),
                ["videos"] = new JsonArray([.. last.Reverse().Select(line => JsonNode.Parse(line.GetRawText()))]),
            });
    }
}
