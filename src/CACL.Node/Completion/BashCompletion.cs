using System.Globalization;
using System.Text;

namespace CACL.Node.Completion;

/// <summary>
/// Generates the completion script for bash. The script knows the whole command line, so that pressing the tab key starts no program.
/// </summary>
internal static class BashCompletion
{
    /// <summary>Returns the script.</summary>
    public static string Of(CompletedVerb root)
    {
        var verbs = root.All.ToList();
        var script = new StringBuilder();
        script.Append(
            CultureInfo.InvariantCulture,
            $$"""
            # Completion of cacl for bash. For this shell: source <(cacl completion bash)
            # For all: cacl completion bash > ~/.local/share/bash-completion/completions/cacl
            _cacl() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" verb=cacl i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$verb ${COMP_WORDS[i]}" in
                        {{string.Join(" | ", verbs.Skip(1).Select(v => $"'{v.Path}'"))}}) verb="$verb ${COMP_WORDS[i]}" ;;
                    esac
                done
                case "$verb $previous" in

            """);
        foreach (var same in verbs.SelectMany(v => v.Options.Where(o => o.Value != CompletedValue.None).Select(o => (Verb: v, Option: o)))
            .GroupBy(o => (o.Option.Value, Words: string.Join(' ', o.Option.Words))))
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"        {string.Join(" | ", same.Select(o => $"'{o.Verb.Path} {o.Option.Name}'"))})\n            "
                    + $"{Value(same.Key.Value, same.Key.Words)}; return ;;\n");
        }

        script.Append("    esac\n    case \"$verb\" in\n");
        foreach (var verb in verbs)
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"        '{verb.Path}')\n            if [[ $current == -* ]]; then "
                    + $"{Words(string.Join(' ', verb.Options.Select(o => o.Name)))}");
            if (verb.Below.Count > 0)
                script.Append(CultureInfo.InvariantCulture, $"; else {Words(string.Join(' ', verb.Below.Select(v => v.Name)))}");
            else if (verb.Argument is { } argument)
                script.Append(CultureInfo.InvariantCulture, $"; else {Value(argument.Value, string.Join(' ', argument.Words))}");
            script.Append("; fi ;;\n");
        }

        return script.Append("    esac\n}\ncomplete -F _cacl cacl\n").ToString();
    }

    // File names are left to bash, which knows how to quote them.
    private static string Value(CompletedValue value, string words) => value switch
    {
        CompletedValue.Words => Words(words),
        CompletedValue.File when words.Length > 0 => $"{Words(words)}; compopt -o default",
        CompletedValue.File => "compopt -o default",
        CompletedValue.Folder => "compopt -o dirnames",
        CompletedValue.Setting => $"compopt -o nospace; {Words(string.Join(' ', CompletedVerb.Keys.Select(k => k + "=")))}",
        _ => ":",
    };

    private static string Words(string words) => $"COMPREPLY=($(compgen -W '{words}' -- \"$current\"))";
}
