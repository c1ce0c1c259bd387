using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace CACL.Node.Http;

/// <summary>What goes wrong in answering one request is told to the one who asked, and to the log.</summary>
internal static class Faults
{
    /// <summary>Around all that follows.</summary>
    public static async Task TellAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed })
                await Answers.FaultAsync(context, context.Response.StatusCode, $"There is no {context.Request.Method} {context.Request.Path} here.").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is listening any more.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var (status, sentence) = e switch
            {
                BadHttpRequestException bad => (bad.StatusCode, $"The request cannot be read: {bad.Message.TrimEnd('.')}."),
                AskTimeoutException => (StatusCodes.Status503ServiceUnavailable, "The run did not answer in time; it may just be ending."),
                _ => (StatusCodes.Status500InternalServerError, "The request failed; the run's log says why."),
            };
            if (status == StatusCodes.Status500InternalServerError) Log.Warning(e, "{Method} {Path} failed: {Cause}", context.Request.Method, context.Request.Path, e.Message);
            await Answers.FaultAsync(context, status, sentence).ConfigureAwait(false);
        }
    }
}
