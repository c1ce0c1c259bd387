using System.Globalization;
using System.Text;

namespace CACL.Node.Completion;

/// <summary>Generates the completion script for zsh, with descriptions.</summary>
internal static class ZshCompletion
{
    /// <summary>Returns the script.</summary>
    public static string Of(CompletedVerb root)
    {
        var verbs = root.All.ToList();
        var script = new StringBuilder();
        script.Append(
            CultureInfo.InvariantCulture,
            $$"""
            #compdef cacl
            # Completion of cacl for zsh. For this shell: source <(cacl completion zsh)
            # For all: cacl completion zsh > a file _cacl in a folder of $fpath.
            _cacl() {
                local verb=cacl i
                local -a choices
                for ((i = 2; i < CURRENT; i++)); do
                    case "$verb $words[i]" in
                        ({{string.Join('|', verbs.Skip(1).Select(v => Quoted(v.Path)))}}) verb="$verb $words[i]" ;;
                    esac
                done
                case "$verb $words[CURRENT-1]" in

            """);
        foreach (var verb in verbs)
        {
            foreach (var option in verb.Options.Where(o => o.Value != CompletedValue.None))
                script.Append(
                    CultureInfo.InvariantCulture,
                    $"        ({Quoted($"{verb.Path} {option.Name}")}) {Value(option)}; return ;;\n");
        }

        script.Append("    esac\n    case \"$verb\" in\n");
        foreach (var verb in verbs)
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"        ({Quoted(verb.Path)})\n            if [[ $words[CURRENT] == -* ]]; then "
                    + $"{Described("options", verb.Options.Select(o => (o.Name, o.Description)))}");
            var below = verb.Below.Select(v => (v.Name, v.Description));
            if (verb.Below.Count > 0) script.Append(CultureInfo.InvariantCulture, $"; else {Described("verbs", below)}");
            else if (verb.Argument is { } argument) script.Append(CultureInfo.InvariantCulture, $"; else {Value(argument)}");
            script.Append("; fi ;;\n");
        }

        return script.Append("    esac\n}\nif [[ $funcstack[1] == _cacl ]]; then _cacl \"$@\"; else compdef _cacl cacl; fi\n").ToString();
    }

    private static string Value(CompletedOption option) => option.Value switch
    {
        CompletedValue.Words => $"compadd -- {string.Join(' ', option.Words)}",
        CompletedValue.File when option.Words.Count > 0 => $"compadd -- {string.Join(' ', option.Words)}; _files",
        CompletedValue.File => "_files",
        CompletedValue.Folder => "_files -/",
        CompletedValue.Setting => $"compadd -S '' -- {string.Join(' ', CompletedVerb.Keys.Select(k => k + "="))}",
        _ => $"_message {Quoted(option.Description)}",
    };

    // _describe takes the first colon for the end of the word.
    private static string Described(string what, IEnumerable<(string Name, string Description)> choices) =>
        $"choices=({string.Join(' ', choices.Select(Described))}); _describe {what} choices";

    private static string Described((string Name, string Description) choice) =>
        Quoted($"{choice.Name.Replace(":", "\\:", StringComparison.Ordinal)}:{choice.Description}");

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
