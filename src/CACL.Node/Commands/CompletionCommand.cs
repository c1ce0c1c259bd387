using System.CommandLine;
using CACL.Node.Completion;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl completion</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Verb(
            "completion",
            "Prints a script with which a shell completes verbs, options, their values and the keys of --set.",
            "source <(cacl completion bash)                          for this shell",
            "cacl completion bash > ~/.local/share/bash-completion/completions/cacl",
            "cacl completion zsh > ~/.zfunc/_cacl                    with ~/.zfunc in fpath",
            "cacl completion fish > ~/.config/fish/completions/cacl.fish")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            var root = CompletedVerb.Of((RootCommand)parsed.RootCommandResult.Command);
            parsed.InvocationConfiguration.Output.Write(parsed.GetRequiredValue(shell) switch
            {
                "bash" => BashCompletion.Of(root),
                "zsh" => ZshCompletion.Of(root),
                _ => FishCompletion.Of(root),
            });
        });
        return command;
    }
}
