using System.Text.Json;
using CACL.Actors.Supervisor;
using CACL.Data.Wording;
using Microsoft.AspNetCore.Http;

namespace CACL.Http.Endpoints;

/// <summary>Checks and reads what every request that changes something must hold.</summary>
internal static class Requests
{
    /// <summary>The header that names the start of a run that the caller means.</summary>
    public const string InstanceHeader = "X-Cacl-Instance";

    /// <summary>Returns the run that is meant; null where an error was the response.</summary>
    public static async Task<TrainingRun?> RunAsync(HttpContext context, NodeState state)
    {
        if (!await IsMeantAsync(context, state).ConfigureAwait(false)) return null;
        if (state.Run is { } run) return run;
        context.Response.Headers.RetryAfter = "2";
        await Answers.FaultAsync(context, StatusCodes.Status503ServiceUnavailable, "The training has not begun yet. Try again in a moment.")
            .ConfigureAwait(false);
        return null;
    }

    /// <summary>Returns whether this start of the run is meant; if not, an error was the response.</summary>
    public static async Task<bool> IsMeantAsync(HttpContext context, NodeState state)
    {
        if (context.Request.Headers[InstanceHeader] is not [{ } instance] || instance == state.Instance) return true;
        await Answers.FaultAsync(context, StatusCodes.Status410Gone, "A different run answers here.")
            .ConfigureAwait(false);
        return false;
    }

    /// <summary>Returns who sends the request, for the journal.</summary>
    public static string By(HttpContext context) =>
        // The dashboard names the instance, too, but only a browser sends Origin.
        context.Request.Headers.ContainsKey("Origin")
            ? "dashboard"
            : context.Request.Headers.ContainsKey(InstanceHeader)
            ? CommandLines.Set
            : "api";

    /// <summary>Returns the body as JSON; null where it is not JSON.</summary>
    public static async Task<JsonDocument?> BodyAsync(HttpContext context)
    {
        try
        {
            var body = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted)
                .ConfigureAwait(false);
            ReadTexts(body.RootElement);
            return body;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A text may be half of a surrogate pair, or no UTF-8. The parser looks at texts only when they are read.
    private static void ReadTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) _ = value.GetString();
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray()) ReadTexts(item);
        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (var field in value.EnumerateObject())
        {
            _ = field.Name;
            ReadTexts(field.Value);
        }
    }
}
