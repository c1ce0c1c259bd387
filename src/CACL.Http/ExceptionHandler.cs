using Akka.Actor;
using CACL.Http.Logging;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace CACL.Http;

/// <summary>Turns an exception of a request into an error response, and logs those that nobody expects.</summary>
internal sealed class ExceptionHandler(HttpLimits limits, LogLimit log)
{
    /// <summary>Runs the rest of the pipeline and handles what it throws.</summary>
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is
                {
                    HasStarted: false, StatusCode: StatusCodes.Status404NotFound
                or StatusCodes.Status405MethodNotAllowed
                })
                await Answers.FaultAsync(
                    context, context.Response.StatusCode,
                    $"There is no {context.Request.Method} {context.Request.Path} here.").ConfigureAwait(false);
        }
        catch (Exception e) when (HasLeft(context, e))
        {
            // The client has gone. Without the abort the server would wait for the rest of the body, or end half a response as if it were
            // whole.
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var (status, sentence) = e switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                    (StatusCodes.Status413PayloadTooLarge, limits.TooLarge),
                BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
                    (StatusCodes.Status408RequestTimeout, "The body arrives too slowly. Send it again, all at once."),
                BadHttpRequestException bad => (bad.StatusCode, $"The request cannot be read: {bad.Message.TrimEnd('.')}."),
                AskTimeoutException => (StatusCodes.Status503ServiceUnavailable, "The run did not answer in time; it may just be ending."),
                _ => (StatusCodes.Status500InternalServerError, "The request failed; the run's log says why."),
            };
            if (status == StatusCodes.Status500InternalServerError) WriteLog(context, e);
            await Answers.FaultAsync(context, status, sentence).ConfigureAwait(false);
        }
    }

    // The body's reader learns that the connection is gone a moment before the request does.
    private static bool HasLeft(HttpContext context, Exception e) =>
        e is ConnectionResetException or ConnectionAbortedException
        || (e is OperationCanceledException
            && (e.InnerException is ConnectionAbortedException || context.RequestAborted.IsCancellationRequested));

    // A page that asks again and again would fill the log with the same line.
    private void WriteLog(HttpContext context, Exception e)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        log.Write((context.GetEndpoint()?.DisplayName, e.GetType()), count =>
        {
            if (count == 1) Log.Warning(e, "{Method} {Path} failed: {Cause}", method, path, e.Message);
            else Log.Warning(e, "{Method} {Path} failed, the last of {Count} in a minute: {Cause}", method, path, count, e.Message);
        });
    }
}
