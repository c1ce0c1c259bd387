using System.Text.Json;
using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Compares tools/docker/observe and docs/operations.md with a real scrape.</summary>
// A listener hears all meters of one name.
[Collection("meters")]
public sealed partial class ObserveTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Workspace.Root, "tools", "docker", "observe");

    private readonly WatchedServer _server = new();

    public ObserveTests() => _server.LetEverythingHappen();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task The_dashboards_queries_find_what_is_measured()
    {
        var scrape = PrometheusText.Parse(await _server.ScrapeAsync());
        var dashboard = Dashboard();
        var queries = dashboard.GetProperty("panels").EnumerateArray().Where(p => p.GetProperty("type").GetString() != "row")
            .SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => (Text(t, "expr"), Text(t, "legendFormat")))
            .Concat(dashboard.GetProperty("annotations").GetProperty("list").EnumerateArray().Select(
                a => (Text(a, "expr"), Text(a, "textFormat"))))
            .ToList();
        Assert.True(queries.Count > 20);
        Assert.Empty(queries.SelectMany(q => PromQuery.Faults(q.Item1, [q.Item2], scrape)));
        Each.Holds(queries, q => Assert.Contains("{instance=~\"$instance\"", q.Item1, StringComparison.Ordinal));
        var variable = Assert.Single(dashboard.GetProperty("templating").GetProperty("list").EnumerateArray());
        Assert.Empty(PromQuery.Faults(Text(variable, "definition"), [], scrape));
        // A metric that is not shown was forgotten.
        var shown = string.Join(' ', queries.Select(q => q.Item1));
        Assert.DoesNotContain(scrape.Types.Keys, name => name != "target_info" && !shown.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_dashboard_is_whole()
    {
        var dashboard = Dashboard();
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        var source = Source()
            .Match(File.ReadAllText(Path.Combine(Folder, "grafana", "provisioning", "datasources", "prometheus.yml")))
            .Groups[1]
            .Value;
        Each.Holds(Sources().Matches(dashboard.GetRawText()), used => Assert.Equal(source, used.Groups[1].Value));
        var taken = new HashSet<(int, int)>();
        foreach (var place in panels.Select(p => p.GetProperty("gridPos")))
        {
            var (left, top) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32());
            Assert.InRange(left + place.GetProperty("w").GetInt32(), 1, 24);
            for (var x = left; x < left + place.GetProperty("w").GetInt32(); x++)
            {
                for (var y = top; y < top + place.GetProperty("h").GetInt32(); y++)
                    Assert.True(taken.Add((x, y)), $"Two panels at {x}, {y}.");
            }
        }

        Each.Holds(
            panels.Where(p => Text(p, "type") != "row"), p => Assert.EndsWith(".", Text(p, "description"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_rules_find_what_is_measured()
    {
        var scrape = PrometheusText.Parse(await _server.ScrapeAsync());
        var rules = File.ReadAllText(Rules).Split("- alert: ")[1..];
        Assert.True(rules.Length > 10);
        Assert.Empty(rules.SelectMany(rule =>
        {
            var at = rule.IndexOf("expr:", StringComparison.Ordinal);
            var end = new[] { "\n        for:", "\n        labels:" }.Select(word => rule.IndexOf(word, StringComparison.Ordinal))
                .Where(i => i > 0)
                .Min();
            return PromQuery.Faults(rule[(at + 5)..end].Trim(), [rule[end..]], scrape);
        }));
    }

    [Fact]
    public void Promtool_takes_the_configuration()
    {
        // The containers' files are left out.
        var configuration = File.ReadAllText(Path.Combine(Folder, "prometheus.yml"));
        Assert.Contains("/etc/prometheus/rules/*.rules.yml", configuration, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("token"), "x");
        File.WriteAllText(
            folder.File("prometheus.yml"),
            configuration.Replace("/etc/prometheus/rules", Path.GetDirectoryName(Rules)!, StringComparison.Ordinal)
                .Replace("/token/token", folder.File("token"), StringComparison.Ordinal));
        Promtool.Check(folder.Path, "", "check", "config", "prometheus.yml");
    }

    [Fact]
    public void Promtool_finds_the_rules_to_say_what_they_should_when_they_should() =>
        Promtool.Check(Path.GetDirectoryName(Rules)!, "", "test", "rules", "cacl.test.yml");

    [Fact]
    public async Task Promtool_finds_no_fault_in_a_scrape() => Promtool.Check(Folder, await _server.ScrapeAsync(), "check", "metrics");

    [Fact]
    public async Task The_page_on_operations_names_what_is_measured()
    {
        var scrape = PrometheusText.Parse(await _server.ScrapeAsync());
        var named = Named()
            .Matches(await File.ReadAllTextAsync(
                Path.Combine(Workspace.Root, "docs", "operations.md"), TestContext.Current.CancellationToken))
            .Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(scrape.Types.Keys.Where(n => n != "target_info").Order(), named.Order());
    }

    [Theory]
    [InlineData("cacl_nothing", "", "there is no cacl_nothing")]
    [InlineData("cacl_decode_failures_total{reason=\"weather\"}", "", "has reason=weather")]
    [InlineData("sum by (reason) (cacl_loss)", "", "the label reason")]
    [InlineData("cacl_loss", "{{dataset}}", "dataset is shown")]
    [InlineData("vector(1)", "", "names no metric")]
    public async Task A_query_that_finds_nothing_is_found(string query, string shown, string fault) =>
        Assert.Contains(
            fault, string.Join(' ', PromQuery.Faults(query, [shown], PrometheusText.Parse(await _server.ScrapeAsync()))),
            StringComparison.Ordinal);

    private static string Rules => Path.Combine(Folder, "rules", "cacl.rules.yml");

    private static JsonElement Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana", "dashboards", "cacl.json"))).RootElement;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("""(?m)^\s+uid: (\S+)""")]
    private static partial Regex Source();

    [GeneratedRegex("""\{\s*"type": "prometheus",\s*"uid": "([^"]*)"\s*\}""")]
    private static partial Regex Sources();

    [GeneratedRegex("""`(cacl_[a-z_]+)(\{[a-z,]*\})?`""")]
    private static partial Regex Named();
}
