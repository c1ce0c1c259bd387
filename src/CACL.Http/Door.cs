using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CACL.Http;

/// <summary>
/// Who may come in. A browser on this machine can be made by any site to send requests here: the Host header tells a name that was bent to
/// this address (DNS rebinding), the Origin header another site's page, and JSON as content type cannot be sent by a plain form.
/// Health is told to anyone: an orchestrator's probe has no token, and the answer holds nothing but how the training fares. Where others
/// can reach this program, it is also told under any name: probes use that of a service or of a load balancer, or none, and a page with a
/// rebound name learns no more than everybody on that network. Where only this machine can, probes say localhost, and a rebound name is
/// turned away.
/// </summary>
internal sealed class Door
{
    private const string Scheme = "Bearer ";
    private const string Health = "/healthz";

    private readonly HttpOptions _settings;
    private readonly byte[]? _token;

    /// <summary>A door for these settings.</summary>
    public Door(HttpOptions settings)
    {
        _settings = settings;
        _token = settings.Token.Length > 0 ? Hash(settings.Token) : null;
    }

    /// <summary>Lets a request pass, or answers it with the reason why not.</summary>
    public Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var isProbe = IsProbe(request);
        if (!(isProbe ? MayProbe(request.Host) : IsOurs(request.Host.Host)))
            return Answers.FaultAsync(
                context, StatusCodes.Status403Forbidden,
                $"The Host header names {request.Host.Host}, which is not this program's address.");
        if (_token is not null && !isProbe && !IsThePage(request) && !KnowsToken(request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Answers.FaultAsync(
                context, StatusCodes.Status401Unauthorized, "A token is needed: send the header Authorization: Bearer TOKEN.");
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

    // A browser that is sent to an address sends no token with it. The page tells nothing of the run; it asks for the token by itself.
    private static bool IsThePage(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path == "/";

    private static bool IsProbe(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Path.StartsWithSegments(Health, StringComparison.Ordinal);

    private bool KnowsToken(HttpRequest request) =>
        request.Headers.Authorization is [{ } sent] && sent.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(sent[Scheme.Length..].Trim()), _token);

    // HTTP/1.0 needs no name; a browser always sends one.
    private bool MayProbe(HostString host) => !_settings.IsLoopback || !host.HasValue || IsOurs(host.Host);

    // A rebound name is a name: where others may come in, addresses are let pass beside the names that are known to be this machine's.
    private bool IsOurs(string host)
    {
        var name = host.Trim('[', ']');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.Equals(_settings.Host, StringComparison.OrdinalIgnoreCase))
            return true;
        if (IPAddress.TryParse(name, out var address)) return !_settings.IsLoopback || IPAddress.IsLoopback(address);
        return !_settings.IsLoopback
            && (name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
                || name.StartsWith(Environment.MachineName + ".", StringComparison.OrdinalIgnoreCase));
    }

    // Programs that are no browser send neither header.
    private static bool IsOfThisSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [not ("same-origin" or "none")] || request.Headers.Origin.Count > 1) return false;
        return request.Headers.Origin is not [{ } origin]
            || (Uri.TryCreate(
                origin, UriKind.Absolute, out var site) && $"{site.Scheme}://{site.Authority}" == $"http://{request.Host.Value}");
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
