using System.Security.Cryptography;
using System.Text;

namespace CACL.Http.Dashboard;

/// <summary>
/// Builds the dashboard as one page, with its style and its scripts inside, that loads nothing from elsewhere. The browser is told to run
/// only these scripts, by their hashes, so that no text of the run can become a script.
/// </summary>
internal sealed class DashboardPage
{
    private static readonly string[] Styles = ["uPlot.min.css", "dashboard.css"];

    // The files share one scope and stand in this order: each sees what the earlier ones declare.
    private static readonly string[] Scripts =
    [
        "elements.js", "words.js", "node.js", "charts.js", "progress.js", "actors.js", "workers.js", "tables.js", "batch.js", "control.js",
        "main.js",
    ];

    private DashboardPage(byte[] html, string policy)
    {
        Html = html;
        Policy = policy;
        Tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(html))[..16]}\"";
    }

    /// <summary>The page of this program.</summary>
    public static DashboardPage Instance { get; } = Build();

    /// <summary>The page, UTF-8.</summary>
    public byte[] Html { get; }

    /// <summary>Its Content-Security-Policy.</summary>
    public string Policy { get; }

    /// <summary>Its entity tag.</summary>
    public string Tag { get; }

    /// <summary>Returns the text of an embedded file of the page.</summary>
    internal static string Read(string name)
    {
        using var stream = typeof(DashboardPage).Assembly.GetManifestResourceStream("dashboard/" + name)
            ?? throw new InvalidOperationException($"The program holds no dashboard/{name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static DashboardPage Build()
    {
        var style = string.Join('\n', Styles.Select(Read));
        var library = Read("uPlot.iife.min.js");
        var script = "(() => {\n\"use strict\";\n" + string.Join('\n', Scripts.Select(Read)) + "\n})();\n";
        var html = Read("page.html").Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{library}}", library, StringComparison.Ordinal)
            .Replace("{{script}}", script, StringComparison.Ordinal);
        var policy = $"default-src 'none'; script-src {HashOf(library)} {HashOf(script)}; style-src {HashOf(style)}; connect-src 'self'; "
            + "img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return new DashboardPage(Encoding.UTF8.GetBytes(html), policy);
    }

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
