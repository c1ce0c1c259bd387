using System.CommandLine;
using System.Text.RegularExpressions;
using CACL.Http;
using CACL.Http.Endpoints;
using CACL.Node.Commands;
using CACL.Node.Tests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CACL.Node.Tests.Outside;

/// <summary>
/// Checks what other programs call: verbs and options, routes, metrics. OutOfProcessEvaluationTests compares the text of a run folder.
/// </summary>
[Collection("meters")]
public sealed partial class OutsideTests : IDisposable
{
    private readonly WatchedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Verbs_their_arguments_and_their_options_are_the_approved_ones() =>
        ApprovedText.AssertSame("verbs", Verbs(CaclCommand.Create(out _), "cacl"));

    [Fact]
    public void Routes_and_their_methods_are_the_approved_ones()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        var application = builder.Build();
        NodeEndpoints.Map(application, _server.State, new HttpLimits());
        var endpoints = ((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
        var routes = endpoints.Select(endpoint => $"{endpoint.RoutePattern.RawText} {string.Join(' ', Methods(endpoint))}");
        ApprovedText.AssertSame("routes", routes.Order(StringComparer.Ordinal));

        static IEnumerable<string> Methods(Endpoint endpoint) =>
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["any method"];
    }

    [Fact]
    public async Task Metrics_their_kinds_and_their_labels_are_the_approved_ones()
    {
        _server.LetEverythingHappen();
        var scrape = await _server.ScrapeAsync();
        var labels = Sample().Matches(scrape)
            .SelectMany(sample => Label().Matches(sample.Groups[2].Value), (sample, label) =>
                (Metric: sample.Groups[1].Value, Name: label.Groups[1].Value))
            .Distinct().ToLookup(label => label.Metric, label => label.Name);
        var metrics = Kind().Matches(scrape).Select(kind => (Name: kind.Groups[1].Value, Kind: kind.Groups[2].Value));
        var lines = metrics.Select(metric => $"{metric.Name} {metric.Kind} {string.Join(' ', labels[metric.Name])}".TrimEnd());
        ApprovedText.AssertSame("metrics", lines.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Verbs(Command verb, string words)
    {
        yield return words + string.Concat(verb.Arguments.Select(argument => $" {argument.HelpName ?? argument.Name.ToUpperInvariant()}"));
        foreach (var option in verb.Options.OrderBy(o => o.Name, StringComparer.Ordinal))
        {
            var names = string.Join(", ", [option.Name, .. option.Aliases.Order(StringComparer.Ordinal)]);
            yield return $"  {names} {option.HelpName}".TrimEnd() + (option.Required ? " (required)" : "");
        }

        var below = verb.Subcommands.OrderBy(c => c.Name, StringComparer.Ordinal).SelectMany(c => Verbs(c, $"{words} {c.Name}"));
        foreach (var line in below) yield return line;
    }

    [GeneratedRegex(@"^# TYPE (cacl_\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^(\w+)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"(\w+)=""")]
    private static partial Regex Label();
}
