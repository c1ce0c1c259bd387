using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CACL.Http;

/// <summary>
/// Reads a request's body into memory before any endpoint sees the request. So every endpoint refuses a body that is too large or
/// compressed, and a connection counts as idle until its body has arrived.
/// </summary>
internal sealed class Bodies(HttpLimits limits)
{
    /// <summary>Passes the request on with its body in memory, or responds with the reason why not.</summary>
    /// <exception cref="BadHttpRequestException">The body arrives too slowly (408), or is malformed.</exception>
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

    // A few compressed bytes can unpack to gigabytes.
    private static bool IsCompressed(HttpRequest request) =>
        request.Headers.ContentEncoding.Any(codings => !string.Equals(codings, "identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the body; null where it is too large.</summary>
    private async Task<MemoryStream?> ReadAsync(HttpContext context)
    {
        // The header alone may say so: then the body is not read, and a client that waits for 100 Continue never sends it.
        if (context.Request.ContentLength > limits.BodyBytes) return null;
        var bytes = new byte[limits.BodyBytes + 1];
        var (body, aborted) = (context.Request.Body, context.RequestAborted);
        try
        {
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, aborted).ConfigureAwait(false);
            return length < bytes.Length ? new MemoryStream(bytes, 0, length, writable: false) : null;
        }
        catch (IOException e) when (e.InnerException is OverflowException)
        {
            // Kestrel has no better word for a chunk of more bytes than there are numbers.
            throw new BadHttpRequestException("A chunk's size is too large", e);
        }
    }
}
