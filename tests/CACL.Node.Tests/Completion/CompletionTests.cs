using System.Diagnostics;
using CACL.Node.Commands;
using CACL.Node.Completion;
using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.Completion;

public sealed class CompletionTests : IDisposable
{
    private const string Bash = "/bin/bash";
    private const string Terminal = "/usr/bin/script";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train trigger", "cacl", "tr")]
    [InlineData("scan merge prepare list make", "cacl", "videos", "")]
    [InlineData("--checkpoint --config", "cacl", "evaluate", "--c")]
    [InlineData("linear limited", "cacl", "evaluate", "--protocol", "l")]
    [InlineData("cityscapes folder voc", "cacl", "datasets", "check", "--dataset", "")]
    [InlineData("cacl.data.stride=", "cacl", "train", "--config", "a.conf", "--set", "cacl.data.str")]
    [InlineData("bash fish zsh", "cacl", "completion", "")]
    [InlineData("random", "cacl", "evaluate", "--checkpoint", "ra")]
    [InlineData("", "cacl", "explain", "--step", "")]
    [InlineData("--json", "cacl", "trigger", "evaluate", "--variant", "quick", "--j")]
    public void Bash_is_offered_what_may_follow(string expected, params string[] words)
    {
        Assert.SkipUnless(File.Exists(Bash), "There is no bash (Debian, Ubuntu: apt-get install bash).");
        var quoted = string.Join(' ', words.Select(w => $"'{w}'"));
        // compopt needs the line editor, which does not run here.
        var (_, output) = Run(Bash, ["--norc", "-c", $"compopt() {{ :; }}; source {Script()}; COMP_WORDS=({quoted}); COMP_CWORD={words.Length - 1}; _cacl; echo \"${{COMPREPLY[*]}}\""], "");
        Assert.Equal(expected, output.Trim());
    }

    [Fact]
    public void At_a_terminal_the_tab_key_completes_verbs_options_words_settings_and_names_of_files()
    {
        Assert.SkipUnless(
            File.Exists(Bash) && File.Exists(Terminal),
            "There is no bash, or no script, which makes a terminal (Debian, Ubuntu: apt-get install bash bsdutils).");
        Directory.CreateDirectory(_folder.File("my runs"));
        File.WriteAllText(_folder.File("preset of mine.conf"), "");
        var typed = $"cd {_folder.Path}; source {Script()}; cacl() {{ printf 'got:'; printf '<%s>' \"$@\"; echo; }}\n"
            + "cacl tra\t--conf\tpres\t--ru\tmy\t --set cacl.data.str\t4\n"
            + "cacl evaluate --proto\tlim\t--checkp\trand\t\n"
            + "exit\n";
        var (_, output) = Run(Terminal, ["-qec", $"{Bash} --norc --noprofile -i", "/dev/null"], typed);
        var lines = output.ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith("got:", StringComparison.Ordinal)).ToArray();
        Assert.True(lines.Length == 2, output);
        // The name of a folder is completed with a slash, as everywhere.
        Assert.Equal("got:<train><--config><preset of mine.conf><--run><my runs/><--set><cacl.data.stride=4>", lines[0]);
        Assert.Equal("got:<evaluate><--protocol><limited><--checkpoint><random>", lines[1]);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Each_shell_is_told_every_verb_and_option(string shell)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Success, CaclCommandLine.Run(["completion", shell], output, TextWriter.Null));
        var script = output.ToString();
        var root = CompletedVerb.Of(CaclCommand.Create(out _));
        Each.Holds(root.All, verb => Assert.Contains(verb.Path, script, StringComparison.Ordinal));
        foreach (var option in root.All.SelectMany(v => v.Options).Select(o => o.Name).Where(
            n => n.StartsWith("--", StringComparison.Ordinal)).Distinct())
            Assert.Contains(shell == "fish" ? $"-l {option[2..]} " : option, script, StringComparison.Ordinal);
        Assert.Contains("cacl.training.batch-size=", script, StringComparison.Ordinal);
        if (FindShell(shell) is not { } program) return;
        File.WriteAllText(_folder.File("script"), script);
        var (exit, complaint) = Run(program, ["-n", _folder.File("script")], "");
        Assert.True(exit == 0, complaint);
    }

    [Fact]
    public void Another_shell_is_refused() =>
        Assert.Equal(ExitCodes.Usage, CaclCommandLine.Run(["completion", "powershell"], TextWriter.Null, TextWriter.Null));

    private static string? FindShell(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private string Script()
    {
        var file = _folder.File("completion.bash");
        using var writer = new StreamWriter(file);
        Assert.Equal(ExitCodes.Success, CaclCommandLine.Run(["completion", "bash"], writer, TextWriter.Null));
        return file;
    }

    private static (int Exit, string Output) Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(
            program, arguments)
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TERM"] = "dumb";
        start.Environment["INPUTRC"] = "/dev/null";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (input.Length == 0) process.StandardInput.Close();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {Deadline}.");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
