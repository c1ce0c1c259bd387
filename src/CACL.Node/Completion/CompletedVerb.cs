using System.CommandLine;
using System.CommandLine.Completions;
using CACL.Node.Settings;

namespace CACL.Node.Completion;

/// <summary>The kind of value of an option or argument.</summary>
internal enum CompletedValue
{
    /// <summary>No value.</summary>
    None,

    /// <summary>One of some words.</summary>
    Words,

    /// <summary>A file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A setting, key=value.</summary>
    Setting,

    /// <summary>Something that cannot be completed.</summary>
    Other,
}

/// <summary>An option of a verb.</summary>
/// <param name="Name">Its name, such as --config.</param>
/// <param name="Description">A sentence.</param>
/// <param name="Value">The kind of its value.</param>
/// <param name="Words">The words to choose from, if any; a file may be allowed besides.</param>
internal sealed record CompletedOption(string Name, string Description, CompletedValue Value, IReadOnlyList<string> Words);

/// <summary>A verb or the root, with what may follow it: what a shell needs to know about the command line.</summary>
/// <param name="Path">The words that lead to it, such as "cacl videos scan".</param>
/// <param name="Description">A sentence.</param>
/// <param name="Below">Its subcommands.</param>
/// <param name="Options">Its options.</param>
/// <param name="Argument">The kind of its argument.</param>
internal sealed record CompletedVerb(
    string Path, string Description, IReadOnlyList<CompletedVerb> Below, IReadOnlyList<CompletedOption> Options, CompletedOption? Argument)
{
    /// <summary>Its own name.</summary>
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>This verb and all below it.</summary>
    public IEnumerable<CompletedVerb> All => Below.SelectMany(v => v.All).Prepend(this);

    /// <summary>Every key that <c>--set</c> takes.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. ConfigurationFiles.Defaults().Keys.Select(k => k.Key)];

    /// <summary>Returns the whole command line.</summary>
    public static CompletedVerb Of(RootCommand root) => Of(root, "cacl", []);

    private static CompletedVerb Of(Command command, string path, IReadOnlyList<Option> inherited)
    {
        var options = command.Options.Concat(inherited).Where(o => !o.Hidden).DistinctBy(o => o.Name).ToList();
        var recursive = options.Where(o => o.Recursive).ToList();
        return new CompletedVerb(
            path,
            FirstSentence(command.Description),
            [.. command.Subcommands.Where(c => !c.Hidden).Select(c => Of(c, $"{path} {c.Name}", recursive))],
            [.. options.Select(Of)],
            command.Arguments is [var argument, ..] ? Of(argument) : null);
    }

    private static CompletedOption Of(Option option)
    {
        var words = Words(option.GetCompletions(CompletionContext.Empty), option.HelpName);
        return new CompletedOption(
            option.Name, FirstSentence(option.Description), Value(option, option.ValueType, option.HelpName, words), words);
    }

    private static CompletedOption Of(Argument argument)
    {
        var words = Words(argument.GetCompletions(CompletionContext.Empty), null);
        var value = words.Count > 0
            ? CompletedValue.Words
            : argument.Name.StartsWith("DIR", StringComparison.Ordinal)
            ? CompletedValue.Folder
            : CompletedValue.File;
        return new CompletedOption(argument.Name, FirstSentence(argument.Description), value, words);
    }

    private static CompletedValue Value(Option option, Type type, string? name, IReadOnlyList<string> words) => name switch
    {
        _ when type == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 => CompletedValue.None,
        "DIR" => CompletedValue.Folder,
        "key=value" => CompletedValue.Setting,
        { } file
            when file.StartsWith("FILE", StringComparison.Ordinal)
            || file.StartsWith("PATH", StringComparison.Ordinal) => CompletedValue.File,
        _ => words.Count > 0 ? CompletedValue.Words : CompletedValue.Other,
    };

    // What the help shows as linear|limited are the words to choose from.
    private static IReadOnlyList<string> Words(IEnumerable<CompletionItem> known, string? name) =>
    [
        .. known.Select(c => c.Label).Concat((name ?? "").Contains('|', StringComparison.Ordinal) ? name!.Split('|') : [])
            .Where(word => word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))).Distinct(),
    ];

    private static string FirstSentence(string? text)
    {
        var end = text?.IndexOf(". ", StringComparison.Ordinal) ?? -1;
        return (end < 0 ? text ?? "" : text![..end]).TrimEnd('.');
    }
}
