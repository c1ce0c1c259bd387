using System.Globalization;
using System.Text.RegularExpressions;
using CACL.Testing;

namespace CACL.Node.Tests.Architecture;

/// <summary>Checks that no line of code is longer than .editorconfig says: neither the compiler nor the formatter uses that key.</summary>
public sealed partial class LinesTests
{
    private const string RawText = "\"\"\"";

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void No_line_is_longer_than_the_editors_are_told(string folder)
    {
        var most = int.Parse(
            Most().Match(File.ReadAllText(Path.Combine(Workspace.Root, ".editorconfig"))).Groups[1].Value, CultureInfo.InvariantCulture);
        var files = Directory.EnumerateFiles(Path.Combine(Workspace.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Workspace.Root, file).Split('/').Any(part => part is "bin" or "obj")).ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => TooLong(file, most, textMayBeLonger: folder == "tests")));
    }

    private static IEnumerable<string> TooLong(string file, int most, bool textMayBeLonger)
    {
        var isRaw = false;
        foreach (var (line, number) in File.ReadLines(file).Select((line, index) => (line, index + 1)))
        {
            var wasRaw = isRaw;
            if (line.Split(RawText).Length % 2 == 0) isRaw = !isRaw;
            // A string that a test compares, or uses as a file, is not split.
            if (wasRaw || isRaw || line.Length <= most || (textMayBeLonger && line.Contains('"', StringComparison.Ordinal))) continue;
            yield return $"{file}:{number} has {line.Length} columns, more than {most}";
        }
    }

    [GeneratedRegex(@"max_line_length\s*=\s*([0-9]+)")]
    private static partial Regex Most();
}
