using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CACL.Http.Dashboard;
using CACL.Testing;

namespace CACL.Http.Tests.Dashboard;

public sealed partial class DashboardPageTests
{
    private static readonly string Folder = Path.Combine(Workspace.Root, "src", "CACL.Http", "Dashboard");

    private static string Html => Encoding.UTF8.GetString(DashboardPage.Instance.Html);

    [Fact]
    public void The_chart_library_is_the_one_that_its_page_names()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "vendor", "README.md"));
        var sums = SumOfFile().Matches(readme);
        Assert.Equal(2, sums.Count);
        foreach (Match sum in sums)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Folder, "vendor", sum.Groups["file"].Value));
            Assert.Equal(sum.Groups["sum"].Value, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }

        Assert.Contains("The MIT License", DashboardPage.Read("uPlot.LICENSE"), StringComparison.Ordinal);
        Assert.Contains(
            HeaderVersion().Match(DashboardPage.Read("uPlot.iife.min.js")).Groups["version"].Value, readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_browser_is_told_the_hash_of_all_that_stands_in_the_page_and_of_nothing_else()
    {
        var inline = InlineElements().Matches(Html);
        Assert.Equal(["style", "script", "script"], inline.Select(m => m.Groups["tag"].Value));
        foreach (Match element in inline)
        {
            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.Groups["text"].Value)));
            Assert.Contains($"'sha256-{hash}'", DashboardPage.Instance.Policy, StringComparison.Ordinal);
        }

        Assert.StartsWith("default-src 'none';", DashboardPage.Instance.Policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", DashboardPage.Instance.Policy, StringComparison.Ordinal);
        Assert.Empty(HandlersAndStyles().Matches(DashboardPage.Read("page.html")));
    }

    [Fact]
    public void The_page_asks_nobody_else_for_anything()
    {
        Assert.Empty(ForeignAddress().Matches(Html));
    }

    [Fact]
    public void Nothing_of_the_run_is_read_as_HTML()
    {
        var files = Directory.GetFiles(Folder, "*.js");
        Assert.NotEmpty(files);
        foreach (var file in files)
            Assert.False(ReadsHtml().IsMatch(File.ReadAllText(file)), $"{Path.GetFileName(file)} makes elements from text.");
        // Otherwise a file that is missing from the page would go unnoticed.
        Each.Holds(files, file => Assert.Contains(File.ReadAllText(file).Trim(), Html, StringComparison.Ordinal));
    }

    [GeneratedRegex("^(?<sum>[0-9a-f]{64})  (?<file>.+)$", RegexOptions.Multiline)]
    private static partial Regex SumOfFile();

    [GeneratedRegex(@"\(v(?<version>\d+\.\d+\.\d+)\)")]
    private static partial Regex HeaderVersion();

    [GeneratedRegex("<(?<tag>style|script)>(?<text>.*?)</\\k<tag>>", RegexOptions.Singleline)]
    private static partial Regex InlineElements();

    [GeneratedRegex("\\s(on[a-z]+|style)=", RegexOptions.IgnoreCase)]
    private static partial Regex HandlersAndStyles();

    [GeneratedRegex("(src|href|action)=\"(https?:)?//|@import|url\\((?!#)", RegexOptions.IgnoreCase)]
    private static partial Regex ForeignAddress();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|createContextualFragment|setHTML|DOMParser|srcdoc")]
    private static partial Regex ReadsHtml();
}
