using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using CACL.Configuration.Keys;
using CACL.Data.Wording;
using CACL.Node.Commands;
using CACL.Testing;

namespace CACL.Node.Tests.Architecture;

/// <summary>
/// Checks what the projects below the program call its keys and commands: each name is one that the program knows, and each is written in
/// <see cref="SettingNames"/> or <see cref="CommandLines"/> alone.
/// </summary>
public sealed partial class SettingNamesTests
{
    private static readonly string[] Below = ["Data", "Learning", "Runs", "Actors", "Http"];

    // Instruments are named as metrics are; a checkpoint's old key stays what it was in the file, whatever the program calls it later.
    private static readonly string[] MayName =
    [
        "SettingNames.cs", "CommandLines.cs", "RunInstruments.cs", "WorkerInstruments.cs", "CheckpointReader.cs",
    ];

    private static readonly Lazy<HashSet<string>> Verbs = new(() => [.. Root.Subcommands.Select(verb => verb.Name)]);

    private static RootCommand Root => CaclCommand.Create(out _);

    [Fact]
    public void Every_setting_that_is_named_is_a_key_or_a_section() =>
        Each.Holds(Constants(typeof(SettingNames)), name => Assert.True(
            KnownKeys.All.Any(key => key == name || key.StartsWith(name + ".", StringComparison.Ordinal)), $"There is no key {name}."));

    [Fact]
    public void Every_command_that_is_named_is_a_command() =>
        Each.Holds(Constants(typeof(CommandLines)), line => Assert.True(IsCommand(line), $"There is no command {line}."));

    [Fact]
    public void No_project_below_the_program_names_keys_and_commands_elsewhere()
    {
        var files = Below.SelectMany(Sources).ToList();
        Each.Holds(MayName, name => Assert.Contains(files, file => Path.GetFileName(file) == name));
        Assert.Empty(files.Where(file => !MayName.Contains(Path.GetFileName(file))).SelectMany(Names));
    }

    [Theory]
    [InlineData("""var a = "Set cacl.data.decoder to auto.";""", true)]
    [InlineData("""var a = $"{path}: run cacl videos scan {folder}";""", true)]
    [InlineData("""var a = "Run `cacl doctor`.";""", true)]
    [InlineData("""var a = $"{path} is not cacl's.";""", false)]
    [InlineData("""var a = $"Set {SettingNames.Decoder}.";""", false)]
    [InlineData("""/// <summary>What cacl.data.decoder says.</summary>""", false)]
    [InlineData("""    // See cacl doctor.""", false)]
    public void A_name_is_found_in_text_and_not_in_comments(string line, bool isFound) => Assert.Equal(isFound, HasName(line));

    private static IEnumerable<string> Constants(Type type)
    {
        var constants = type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).ToList();
        Assert.NotEmpty(constants);
        return constants.Select(field => (string)field.GetRawConstantValue()!);
    }

    private static bool IsCommand(string line)
    {
        var words = line.Split(' ');
        Command? command = words[0] == "cacl" ? Root : null;
        foreach (var word in words.Skip(1)) command = command?.Subcommands.FirstOrDefault(verb => verb.Name == word);
        return command is not null and not RootCommand;
    }

    private static IEnumerable<string> Sources(string project)
    {
        var folder = Path.Combine(Workspace.Root, "src", $"CACL.{project}");
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split('/').Any(part => part is "bin" or "obj"));
    }

    private static IEnumerable<string> Names(string file) =>
        File.ReadLines(file).Select((line, index) => (line, index)).Where(at => HasName(at.line))
            .Select(at => $"{file}:{at.index + 1} names a key or a command: {at.line.Trim()}");

    // No identifier is called cacl: outside comments the word stands in text alone.
    private static bool HasName(string line) =>
        !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        && (Key().IsMatch(line) || Verb().Matches(line).Any(match => Verbs.Value.Contains(match.Groups[1].Value)));

    [GeneratedRegex(@"\bcacl\.[a-z]")]
    private static partial Regex Key();

    [GeneratedRegex(@"\bcacl ([a-z-]+)")]
    private static partial Regex Verb();
}
