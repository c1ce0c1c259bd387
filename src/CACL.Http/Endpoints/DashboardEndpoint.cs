using CACL.Http.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary><c>GET /</c> returns the dashboard.</summary>
internal static class DashboardEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", AnswerAsync);

    private static Task AnswerAsync(HttpContext context)
    {
        var page = DashboardPage.Instance;
        var headers = context.Response.Headers;
        headers.ETag = page.Tag;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = page.Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.Request.Headers.IfNoneMatch.Contains(page.Tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Html.Length;
        return context.Response.Body.WriteAsync(page.Html, context.RequestAborted).AsTask();
    }
}
