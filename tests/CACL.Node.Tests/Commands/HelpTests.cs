using System.CommandLine;
using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

/// <summary>Compares the help of every verb with the command line itself.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Verbs => [.. All(CaclCommand.Create(out _), "").Select(v => v.Path)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_has_a_description_examples_that_parse_and_the_exit_status(string path)
    {
        var root = CaclCommand.Create(out _);
        var verb = All(root, "").Single(v => v.Path == path).Command;
        Assert.EndsWith(".", verb.Description, StringComparison.Ordinal);
        foreach (var part in verb.Options.Where(o => !o.Hidden).Concat<Symbol>(verb.Arguments))
            Assert.False(string.IsNullOrWhiteSpace(part.Description), $"{path} {part.Name}");

        using var output = new StringWriter();
        Assert.Equal(
            ExitCodes.Success,
            CaclCommandLine.Run([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], output, TextWriter.Null));
        var help = output.ToString();
        Assert.Contains("Exit status: 0 done", help, StringComparison.Ordinal);
        var examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..]
            .Split('\n')
            .Where(l => l.StartsWith("  cacl ", StringComparison.Ordinal))
            .Select(Words)
            .ToList();
        Assert.NotEmpty(examples);
        foreach (var words in examples)
        {
            var faults = root.Parse(words).Errors.Select(e => e.Message).ToList();
            Assert.True(faults.Count == 0, $"cacl {string.Join(' ', words)}: {string.Join(' ', faults)}");
            // Presets that it names must exist.
            foreach (var file in words.Where(w => w.StartsWith("hocon/", StringComparison.Ordinal)))
                Assert.True(File.Exists(Path.Combine(Workspace.Root, file)), file);
        }
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(c => All(c, $"{path} {c.Name}".TrimStart())).Prepend((path, command));

    // The command line ends at a redirection, or at an explanation after some spaces. No example needs quotes.
    private static string[] Words(string line)
    {
        var text = line.TrimStart()["cacl ".Length..];
        foreach (var end in new[] { " > ", "   " })
        {
            if (text.IndexOf(end, StringComparison.Ordinal) is > 0 and var at) text = text[..at];
        }

        Assert.DoesNotContain(text, c => c is '"' or '\'');
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
