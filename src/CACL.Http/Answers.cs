using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace CACL.Http;

/// <summary>Answers in JSON; a fault is an object with one sentence, <c>error</c>.</summary>
internal static class Answers
{
    /// <summary>Heads an answer: of this type and no other, and true for now only.</summary>
    public static void Begin(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
    }

    /// <summary>Answers with a value.</summary>
    public static Task JsonAsync(HttpContext context, int status, JsonNode value)
    {
        context.Response.StatusCode = status;
        Begin(context, "application/json");
        return context.Response.WriteAsync(value.ToJsonString() + "\n", context.RequestAborted);
    }

    /// <summary>Answers with a sentence.</summary>
    public static Task FaultAsync(HttpContext context, int status, string sentence, JsonObject? more = null)
    {
        more ??= [];
        more["error"] = sentence;
        return JsonAsync(context, status, more);
    }
}
