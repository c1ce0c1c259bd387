using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.Architecture;

/// <summary>
/// Checks that using directives are sorted as <c>dotnet format</c> sorts them by .editorconfig: System first, then the other namespaces,
/// then static ones, then aliases. The compiler does not look at their order, and the formatter does only after it has read every project.
/// </summary>
public sealed partial class UsingsTests
{
    private const string First = "System";

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Using_directives_are_sorted(string folder)
    {
        Assert.Matches(
            @"(?m)^dotnet_sort_system_directives_first\s*=\s*true$", File.ReadAllText(Path.Combine(Workspace.Root, ".editorconfig")));
        var files = Directory.EnumerateFiles(Path.Combine(Workspace.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Workspace.Root, file).Split('/').Any(part => part is "bin" or "obj")).ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => Misplaced(File.ReadLines(file)).Select(line => $"{file}: {line}")));
    }

    [Theory]
    [InlineData("using CACL.Testing;", "using System.Text;")] // System comes first
    [InlineData("using SystemChecks;", "using System;")]
    [InlineData("using CACL.Node.Work;", "using CACL.Node;")] // what is shorter comes first
    [InlineData("using CACL.Data.Clips;", "using CACL.Data.Batches;")]
    [InlineData("using CACL.DataSets.A;", "using CACL.Data.B;")] // part by part
    [InlineData("using static CACL.Data.Clip;", "using CACL.Runs;")]
    [InlineData("using A = CACL.Data;", "using static CACL.Runs.Run;")]
    [InlineData("using B = CACL.Data;", "using A = CACL.Runs;")]
    [InlineData("using CACL.Runs;", "global using Xunit;")]
    public void A_directive_before_the_one_that_precedes_it_is_found(string first, string second)
    {
        string[] rest = ["", "namespace CACL.Node;"];
        Assert.Equal(second, Assert.Single(Misplaced([first, second, .. rest])));
        Assert.Empty(Misplaced([second, first, .. rest]));
    }

    [Fact]
    public void Statements_that_use_something_are_no_directives()
    {
        Assert.Empty(Misplaced(["namespace CACL.Node;", "using CACL.Runs;", "using CACL.Data;"]));
        Assert.Empty(Misplaced(["using CACL.Runs;", "using var b = new B();", "using (var a = new A()) a.Go();"]));
    }

    // The directives that have to stand before the one above them. They end where the file's own code begins.
    private static IEnumerable<string> Misplaced(IEnumerable<string> lines)
    {
        Match? above = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal)) yield break;
            if (Directive().Match(line) is not { Success: true } directive) continue;
            if (above is not null && Compare(above, directive) > 0) yield return line;
            above = directive;
        }
    }

    private static int Compare(Match one, Match other)
    {
        if (Kind(one) != Kind(other)) return Kind(one) - Kind(other);
        var byAlias = string.Compare(one.Groups["alias"].Value, other.Groups["alias"].Value, StringComparison.OrdinalIgnoreCase);
        return byAlias != 0 ? byAlias : CompareNames(one.Groups["name"].Value.Split('.'), other.Groups["name"].Value.Split('.'));
    }

    private static int Kind(Match directive) =>
        (directive.Groups["global"].Success ? 0 : 3) + (directive.Groups["alias"].Success ? 2 : directive.Groups["static"].Success ? 1 : 0);

    private static int CompareNames(string[] one, string[] other)
    {
        if (one[0] != other[0] && (one[0] == First || other[0] == First)) return one[0] == First ? -1 : 1;
        var differs = one.Zip(other).Select(parts => string.Compare(parts.First, parts.Second, StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault(order => order != 0);
        return differs != 0 ? differs : one.Length - other.Length;
    }

    [GeneratedRegex(@"^(?<global>global )?using (?<static>static )?(?:(?<alias>\w+) = )?(?<name>[\w.]+);")]
    private static partial Regex Directive();
}
