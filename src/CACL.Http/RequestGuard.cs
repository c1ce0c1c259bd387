using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CACL.Http;

/// <summary>
/// Decides which requests are served. Any web site can make a browser on this machine send requests here. The guard knows such a request
/// by its Host header, where a name was pointed at this address (DNS rebinding), by its Origin header, where another site's page sent it,
/// and by its content type, since a plain form cannot send JSON.
/// Health probes need no token: an orchestrator has none to send, and the response holds nothing but how the training fares. Where other
/// machines can reach this program, probes may also name any host: they use the name of a service or of a load balancer, or none, and a
/// page with a rebound name learns no more than everybody on that network. Where only this machine can, probes say localhost, and the
/// guard refuses a rebound name.
/// </summary>
internal sealed class RequestGuard
{
    private const string Scheme = "Bearer ";
    private const string Health = "/healthz";

    // Kestrel goes by Transfer-Encoding and renames the other header. A proxy in front may have gone by that one: then what it took for the
    // end of the body is the beginning of another request here.
    private const string SecondLength = "X-Content-Length";

    private readonly HttpOptions _options;
    private readonly TokenGuesses _guesses;
    private readonly byte[]? _token;

    /// <summary>Makes a guard that knows the host and the token of these options.</summary>
    public RequestGuard(HttpOptions options, TokenGuesses guesses)
    {
        _options = options;
        _guesses = guesses;
        _token = options.Token.Length > 0 ? Hash(options.Token) : null;
    }

    /// <summary>Passes the request on, or responds with the reason why not.</summary>
    public Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HasTwoEnds(request))
        {
            context.Response.Headers.Connection = "close";
            return Answers.FaultAsync(
                context, StatusCodes.Status400BadRequest,
                "The request leaves open where it ends: send either Content-Length or, with HTTP/1.1, Transfer-Encoding: chunked.");
        }

        var isProbe = IsProbe(request);
        if (!(isProbe ? MayProbe(request.Host) : IsOurs(request.Host.Host)))
            return Answers.FaultAsync(
                context, StatusCodes.Status403Forbidden,
                $"The Host header names {request.Host.Host}, which is not this program's address.");
        if (_token is not null && !isProbe && !IsThePage(request))
        {
            var (sent, address) = (Sent(request), context.Connection.RemoteIpAddress);
            if (sent is not null && !_guesses.MayGuess(address))
            {
                context.Response.Headers.RetryAfter = "1";
                return Answers.FaultAsync(
                    context, StatusCodes.Status429TooManyRequests,
                    "Too many wrong tokens came from this address: none is looked at for a second.");
            }

            if (sent is null || !IsToken(sent, address))
            {
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Answers.FaultAsync(
                    context, StatusCodes.Status401Unauthorized, "A token is needed: send the header Authorization: Bearer TOKEN.");
            }
        }

        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return next(context);
        if (!IsOfThisSite(request))
            return Answers.FaultAsync(context, StatusCodes.Status403Forbidden, "Another site's page may not change anything here.");
        if (!request.HasJsonContentType())
            return Answers.FaultAsync(
                context, StatusCodes.Status415UnsupportedMediaType,
                "The body must be JSON, with the header Content-Type: application/json.");
        return next(context);
    }

    private static bool HasTwoEnds(HttpRequest request) =>
        request.Headers.ContainsKey(SecondLength)
        || (request.Headers.TransferEncoding.Count > 0
            && (request.Headers.ContentLength is not null || !HttpProtocol.IsHttp11(request.Protocol)));

    // A browser sends no token when it opens an address. The page holds nothing of the run, and asks for the token itself.
    private static bool IsThePage(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path == "/";

    private static bool IsProbe(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path.StartsWithSegments(Health, StringComparison.Ordinal);

    private bool IsToken(string sent, IPAddress? address)
    {
        var hash = Hash(sent);
        if (CryptographicOperations.FixedTimeEquals(hash, _token)) return true;
        _guesses.Note(address, hash);
        return false;
    }

    private static string? Sent(HttpRequest request) =>
        request.Headers.Authorization is [{ } sent] && sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? sent[Scheme.Length..].Trim()
            : null;

    // HTTP/1.0 needs no Host header; a browser always sends one.
    private bool MayProbe(HostString host) => !_options.IsLoopback || !host.HasValue || IsOurs(host.Host);

    // DNS rebinding needs a name: where other machines may call, any IP address passes, and of names only those known to be this machine's.
    private bool IsOurs(string host)
    {
        var name = host.Trim('[', ']');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.Equals(_options.Host, StringComparison.OrdinalIgnoreCase))
            return true;
        if (IPAddress.TryParse(name, out var address)) return !_options.IsLoopback || IPAddress.IsLoopback(address);
        return !_options.IsLoopback
            && (name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
                || name.StartsWith(Environment.MachineName + ".", StringComparison.OrdinalIgnoreCase));
    }

    // Only browsers send these headers.
    private static bool IsOfThisSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [not ("same-origin" or "none")] || request.Headers.Origin.Count > 1) return false;
        return request.Headers.Origin is not [{ } origin]
            || (Uri.TryCreate(
                origin, UriKind.Absolute, out var site) && $"{site.Scheme}://{site.Authority}" == $"http://{request.Host.Value}");
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
