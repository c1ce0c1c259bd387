using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CACL.Http.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/metrics?from=&amp;to=&amp;points=</c> returns each series of metrics.jsonl over a range of steps, as at most so many points
/// [step, min, max, mean]. However long the run, the response is small and no peak is missing.
/// </summary>
internal static class MetricsEndpoint
{
    private const int DefaultPoints = 600;

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state)
    {
        var history = new MetricsHistory(state.Folder.Metrics);
        routes.MapGet("/api/metrics", context => AnswerAsync(context, history));
    }

    private static async Task AnswerAsync(HttpContext context, MetricsHistory history)
    {
        if (!IsNumber(context, "from", 0, long.MaxValue, out var from) || !IsNumber(context, "to", 0, long.MaxValue, out var to)
            || !IsNumber(context, "points", 1, MetricsHistory.MostPoints, out var points))
        {
            await Answers.FaultAsync(
                context,
                StatusCodes.Status400BadRequest,
                $"from and to are steps, points is 1 to {MetricsHistory.MostPoints}: /api/metrics?from=1000&to=2000&points=300, or "
                    + "without any of them.").ConfigureAwait(false);
            return;
        }

        var range = await history.OverAsync(from, to, (int)(points ?? DefaultPoints), context.RequestAborted).ConfigureAwait(false);
        var body = new ArrayBufferWriter<byte>(1 << 16);
        using (var json = new Utf8JsonWriter(body)) Write(json, range);
        Answers.Begin(context, "application/json");
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }

    private static bool IsNumber(HttpContext context, string name, long least, long most, out long? value)
    {
        value = null;
        var text = context.Request.Query[name];
        if (text.Count == 0 || text is [""]) return true;
        if (text.Count > 1 || !long.TryParse(
            text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
            return false;
        value = number;
        return true;
    }

    private static void Write(Utf8JsonWriter json, MetricsRange range)
    {
        json.WriteStartObject();
        json.WriteNumber("from", range.From);
        json.WriteNumber("to", range.To);
        json.WriteStartObject("series");
        foreach (var (name, points) in range.Series)
        {
            json.WriteStartArray(name);
            foreach (var point in points)
            {
                json.WriteStartArray();
                json.WriteNumberValue(point.Step);
                json.WriteNumberValue(Short(point.Min));
                json.WriteNumberValue(Short(point.Max));
                json.WriteNumberValue(Short(point.Mean));
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // A float's digits are enough, and make the response half as long.
    private static float Short(double value) => (float)value;
}
