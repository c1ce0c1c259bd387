using System.Globalization;
using System.Text;

namespace CACL.Node.Completion;

/// <summary>Generates the completion script for fish, with descriptions.</summary>
internal static class FishCompletion
{
    /// <summary>Returns the script.</summary>
    public static string Of(CompletedVerb root)
    {
        var script = new StringBuilder();
        script.Append(
            CultureInfo.InvariantCulture,
            $$"""
            # Completion of cacl for fish. For this shell: cacl completion fish | source
            # For all: cacl completion fish > ~/.config/fish/completions/cacl.fish
            function __cacl_at
                set -l verb cacl
                for word in (commandline -opc)[2..-1]
                    if contains -- "$verb $word" {{string.Join(' ', root.All.Skip(1).Select(v => Quoted(v.Path)))}}
                        set verb "$verb $word"
                    end
                end
                test "$verb" = "$argv[1]"
            end
            complete -c cacl -f

            """);
        foreach (var verb in root.All)
        {
            var at = $"complete -c cacl -n {Quoted($"__cacl_at {Quoted(verb.Path)}")}";
            foreach (var below in verb.Below)
                script.Append(CultureInfo.InvariantCulture, $"{at} -a {below.Name} -d {Quoted(below.Description)}\n");
            if (verb.Argument is { } argument) script.Append(CultureInfo.InvariantCulture, $"{at} {Argument(argument)}\n");
            foreach (var option in verb.Options.Where(o => o.Name.StartsWith("--", StringComparison.Ordinal)))
                script.Append(CultureInfo.InvariantCulture, $"{at} -l {option.Name[2..]}{Value(option)} -d {Quoted(option.Description)}\n");
        }

        return script.ToString();
    }

    private static string Argument(CompletedOption argument) => argument.Value switch
    {
        CompletedValue.Words => $"-a {Quoted(string.Join(' ', argument.Words))}",
        CompletedValue.Folder => "-a '(__fish_complete_directories)'",
        _ => "-F",
    };

    private static string Value(CompletedOption option) => option.Value switch
    {
        CompletedValue.None => "",
        CompletedValue.Words => $" -x -a {Quoted(string.Join(' ', option.Words))}",
        CompletedValue.File when option.Words.Count > 0 => $" -r -F -a {Quoted(string.Join(' ', option.Words))}",
        CompletedValue.File => " -r -F",
        CompletedValue.Folder => " -x -a '(__fish_complete_directories)'",
        CompletedValue.Setting => $" -x -a {Quoted(string.Join(' ', CompletedVerb.Keys.Select(k => k + "=")))}",
        _ => " -x",
    };

    // Inside single quotes, fish knows only these two escapes.
    private static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
