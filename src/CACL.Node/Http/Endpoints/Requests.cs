using System.Text.Json;
using CACL.Actors.Supervisor;
using Microsoft.AspNetCore.Http;

namespace CACL.Node.Http.Endpoints;

/// <summary>What every request that changes something has to get right.</summary>
internal static class Requests
{
    /// <summary>A header by which a caller says which start of a run he means.</summary>
    public const string InstanceHeader = "X-Cacl-Instance";

    /// <summary>The run that is meant; null where it was answered that there is none.</summary>
    public static async Task<TrainingRun?> RunAsync(HttpContext context, NodeState state)
    {
        if (!await IsMeantAsync(context, state).ConfigureAwait(false)) return null;
        if (state.Run is { } run) return run;
        context.Response.Headers.RetryAfter = "2";
        await Answers.FaultAsync(context, StatusCodes.Status503ServiceUnavailable, "The training has not begun yet. Try again in a moment.")
            .ConfigureAwait(false);
        return null;
    }

    /// <summary>Whether this start of a run is meant; if not, that was answered.</summary>
    public static async Task<bool> IsMeantAsync(HttpContext context, NodeState state)
    {
        if (context.Request.Headers[InstanceHeader] is not [{ } instance] || instance == state.Instance) return true;
        await Answers.FaultAsync(context, StatusCodes.Status410Gone, "A different run answers here.")
            .ConfigureAwait(false);
        return false;
    }

    /// <summary>Who asks, for the journal.</summary>
    public static string By(HttpContext context) =>
        // The page names the instance, too; a browser alone sends Origin.
        context.Request.Headers.ContainsKey("Origin")
            ? "dashboard"
            : context.Request.Headers.ContainsKey(InstanceHeader)
            ? "cacl set"
            : "api";

    /// <summary>The body as JSON; null where it is none.</summary>
    public static async Task<JsonDocument?> BodyAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
