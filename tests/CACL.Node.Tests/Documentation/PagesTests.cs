using System.Text.RegularExpressions;
using CACL.Configuration.Keys;
using CACL.Node.Commands;
using CACL.Testing;

namespace CACL.Node.Tests.Documentation;

/// <summary>Checks that what README.md and the pages in docs name exists, and that the commands in them are commands.</summary>
public sealed partial class PagesTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md", "CONTRIBUTING.md", "hocon/README.md", "tests/reference/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Workspace.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Workspace.Root, f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_to_a_heading_of_it(string page)
    {
        foreach (
            var link in Link().Matches(Read(page)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal)))
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0
                ? page
                : Path.GetRelativePath(Workspace.Root, Path.Combine(Workspace.Root, Path.GetDirectoryName(page)!, parts[0]));
            Assert.True(Path.Exists(Path.Combine(Workspace.Root, target)), $"{page} links to {link}, which is not there.");
            if (parts.Length > 1)
                Assert.True(Anchors(target).Contains(parts[1]), $"{page} links to {link}, but {target} has no such heading.");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_preset_and_study_that_is_named_is_there(string page)
    {
        foreach (var file in Preset().Matches(Read(page)).Select(m => m.Value))
            Assert.True(File.Exists(Path.Combine(Workspace.Root, file)), $"{page} names {file}.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_key_that_is_named_is_a_key_or_a_section(string page)
    {
        foreach (var key in Key().Matches(Read(page)).Select(m => m.Value))
            Assert.True(KnownKeys.All.Any(k => k == key || k.StartsWith(key + ".", StringComparison.Ordinal)), $"{page} names {key}.");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_is_understood(string page) => AssertUnderstood(page, Commands(Read(page)));

    public static TheoryData<string> Presets =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Workspace.Root, "hocon"), "*.conf", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Workspace.Root, f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Presets))]
    public void Every_command_line_in_a_presets_comment_is_understood_and_names_what_is_there(string preset)
    {
        var comment = Read(preset);
        AssertUnderstood(preset, CommandsInComments(comment));
        foreach (var file in Preset().Matches(comment).Select(m => m.Value))
            Assert.True(File.Exists(Path.Combine(Workspace.Root, file)), $"{preset} names {file}.");
    }

    [Fact]
    public void What_is_looked_for_in_the_pages_is_found_in_the_first_of_them()
    {
        var page = Read("README.md");
        foreach (var kind in new[] { Link(), Heading(), Preset(), Key() }) Assert.Matches(kind, page);
        Assert.NotEmpty(Commands(page));
        Assert.NotEmpty(CommandsInComments(Read("hocon/methods/moco-v2.conf")));
    }

    [Fact]
    public void The_readme_leads_to_every_page()
    {
        var links = Link().Matches(Read("README.md")).Select(m => m.Groups[1].Value.Split('#')[0]).ToHashSet();
        Each.Holds(
            Directory.EnumerateFiles(Path.Combine(Workspace.Root, "docs"), "*.md").Select(f => $"docs/{Path.GetFileName(f)}"),
            page => Assert.True(links.Contains(page), $"README.md does not link to {page}."));
    }

    [Fact]
    public void Every_folder_of_tests_mirrors_one_of_the_source_or_is_on_the_map()
    {
        var map = Read("docs/map.md");
        foreach (var project in Directory.EnumerateDirectories(Path.Combine(Workspace.Root, "tests"), "CACL.*.Tests"))
        {
            var source = Path.Combine(Workspace.Root, "src", Path.GetFileName(project).Replace(".Tests", "", StringComparison.Ordinal));
            var folders = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(project, Path.GetDirectoryName(file)!))
                .Where(folder => folder.Split('/')[0] is not ("bin" or "obj" or ".")).Distinct();
            Each.Holds(folders, folder => Assert.True(
                Directory.Exists(Path.Combine(source, folder))
                    || map.Contains($"tests/{Path.GetFileName(project)}/{folder}]", StringComparison.Ordinal),
                $"{project}/{folder} mirrors no folder of {source}, and docs/map.md does not say what it holds."));
        }
    }

    [Fact]
    public void Command_lines_are_found_and_split_as_a_shell_does()
    {
        const string Page = "```\n$ A=1 tools/cacl set --run r \\\n    'a=[\"x y\"]' b=2   # why\nls cacl\n```\ncacl no code\n";
        Assert.Equal(["set", "--run", "r", "a=[\"x y\"]", "b=2"], Words(Assert.Single(Commands(Page))));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Workspace.Root, page));

    // GitHub makes anchors so: lower case, digits, hyphens for spaces, nothing else.
    private static HashSet<string> Anchors(string page) =>
        [.. Heading().Matches(Read(page)).Select(
            m => NotInAnchor().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static void AssertUnderstood(string page, IEnumerable<string> lines)
    {
        var root = CaclCommand.Create(out _);
        foreach (var line in lines)
        {
            var faults = root.Parse(Words(line)).Errors.Select(e => e.Message).ToList();
            Assert.True(faults.Count == 0, $"{page}: cacl {line}: {string.Join(' ', faults)}");
        }
    }

    private static IEnumerable<string> CommandsInComments(string preset) =>
        preset.Replace("\\\n#", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.StartsWith("#   cacl ", StringComparison.Ordinal)).Select(line => line["#   cacl ".Length..]);

    private static IEnumerable<string> Commands(string page) =>
        Code().Matches(page).SelectMany(block => block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            .Select(line => Command().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value)
            .Where(line => !line.StartsWith("VERB", StringComparison.Ordinal));

    private static string[] Words(string line) =>
        [.. Word().Matches(line).Select(m => m.Value).TakeWhile(
            w => w[0] is not ('#' or '>' or '|')).Select(w => Quoted().Replace(w, "$1$2"))];

    [GeneratedRegex("""\]\(([^)\s]+)\)""")]
    private static partial Regex Link();

    [GeneratedRegex("""(?m)^#+ (.+)$""")]
    private static partial Regex Heading();

    [GeneratedRegex("""[^a-z0-9 _-]""")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex("""hocon/[\w./-]+\.conf""")]
    private static partial Regex Preset();

    // This excludes files such as observe/cacl.rules.yml, and the dots of "cacl.…".
    [GeneratedRegex("""(?<![\w/\[.-])cacl(\.[a-z0-9]+(-[a-z0-9]+)*)+(?!\.yml|\w|-)""")]
    private static partial Regex Key();

    [GeneratedRegex("""(?ms)^```\w*\n(.*?)^```""")]
    private static partial Regex Code();

    [GeneratedRegex("""^(?:\$ )?(?:\w+=\S+ )*(?:tools/)?cacl (.+)$""")]
    private static partial Regex Command();

    [GeneratedRegex("""('[^']*'|"[^"]*"|[^\s'"])+""")]
    private static partial Regex Word();

    [GeneratedRegex("""'([^']*)'|"([^"]*)""" + "\"")]
    private static partial Regex Quoted();
}
