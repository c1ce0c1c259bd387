using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CACL.Node.Http;

/// <summary>
/// Takes a request's body whole before anybody acts on the request, whether its endpoint reads it or not: one that is too large or
/// compressed is refused everywhere, and a connection whose body is still on its way is idle.
/// </summary>
internal sealed class Bodies(HttpLimits limits)
{
    /// <summary>Lets a request pass with its body in memory, or answers why not.</summary>
    /// <exception cref="BadHttpRequestException">The body arrives too slowly (408), or not as it should.</exception>
    public async Task TakeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            if (await ReadAsync(context).ConfigureAwait(false) is not { } body)
            {
                await Answers.FaultAsync(context, StatusCodes.Status413PayloadTooLarge, limits.TooLarge).ConfigureAwait(false);
                return;
            }

            if (IsCompressed(context.Request))
            {
                context.Response.Headers.AcceptEncoding = "identity";
                const string Sentence = "The body is compressed. Send it uncompressed, without the header Content-Encoding.";
                await Answers.FaultAsync(context, StatusCodes.Status415UnsupportedMediaType, Sentence).ConfigureAwait(false);
                return;
            }

            context.Request.Body = body;
        }

        await next(context).ConfigureAwait(false);
    }

    // A few compressed bytes can be gigabytes.
    private static bool IsCompressed(HttpRequest request) =>
        request.Headers.ContentEncoding.Any(codings => !string.Equals(codings, "identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body; null where it is too large.</summary>
    private async Task<MemoryStream?> ReadAsync(HttpContext context)
    {
        // One that says so itself need not be looked at; whoever waits for leave to send it is spared that.
        if (context.Request.ContentLength > limits.BodyBytes) return null;
        var bytes = new byte[limits.BodyBytes + 1];
        var (body, aborted) = (context.Request.Body, context.RequestAborted);
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, aborted).ConfigureAwait(false);
        return length < bytes.Length ? new MemoryStream(bytes, 0, length, writable: false) : null;
    }
}
