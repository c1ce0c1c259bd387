using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace CACL.Http;

/// <summary>Writes responses as JSON; an error is an object with one sentence, <c>error</c>.</summary>
internal static class Answers
{
    /// <summary>Sets the headers of a response: its content type, which browsers must not guess, and that nobody may cache it.</summary>
    public static void Begin(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        // Opened by itself or inside another site's page, a response is text and nothing more.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>Writes a value.</summary>
    public static Task JsonAsync(HttpContext context, int status, JsonNode value)
    {
        context.Response.StatusCode = status;
        Begin(context, "application/json");
        return context.Response.WriteAsync(value.ToJsonString() + "\n", context.RequestAborted);
    }

    /// <summary>Writes an error: a sentence, and further fields if there are any.</summary>
    public static Task FaultAsync(HttpContext context, int status, string sentence, JsonObject? more = null)
    {
        more ??= [];
        more["error"] = sentence;
        return JsonAsync(context, status, more);
    }
}
