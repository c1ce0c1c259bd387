using System.Text.Json.Nodes;
using CACL.Benchmarks.Suite;
using CACL.Testing;

namespace CACL.Node.Tests.Benchmarks;

/// <summary>
/// A machine on which tools/bench finds shell scripts where it looks for the program, its benchmarks and a Python: they take no time, print
/// figures that a test chooses, and write down what they were asked.
/// </summary>
internal sealed class StandInMachine : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public StandInMachine()
    {
        Directory.CreateDirectory(_folder.File("videos"));
        Directory.CreateDirectory(_folder.File("peer"));
        File.WriteAllText(_folder.File("peer", "peer.py"), "");
        Script("benchmarks", "exit 3");
        Script("cacl", Training);
        Script("python", "[ \"$1\" = -c ] && echo 9.9 || exit 4");
    }

    /// <summary>A program whose trainings take 0.1 s a step, half of it waiting for data, and a second more with checkpoints.</summary>
    public static string Training => """
        while [ $# -gt 0 ]; do
          case "$1" in
            --run) run=$2 ;;
            cacl.training.max-steps=*) steps=${1#*=} ;;
            cacl.checkpoints.every-steps=[1-9]*) slow=1 ;;
          esac
          shift
        done
        [ -n "${run:-}" ] || exit 0
        mkdir "$run"
        for step in $(seq "$steps"); do
          echo "{\"step\":$step,\"step_seconds\":${slow:-0}.05,\"wait_seconds\":0.05}" >>"$run/metrics.jsonl"
        done
        """;

    /// <summary>What was asked, one line a program and verb.</summary>
    public IReadOnlyList<string> Asked => File.Exists(_folder.File("asked")) ? File.ReadAllLines(_folder.File("asked")) : [];

    /// <summary>The JSON that was written.</summary>
    public JsonObject Json => JsonNode.Parse(File.ReadAllText(_folder.File("figures.json")))!.AsObject();

    /// <summary>What was said while it measured.</summary>
    public string Progress { get; private set; } = "";

    /// <summary>A folder for files.</summary>
    public string Folder => _folder.Path;

    /// <summary>Replaces what a program does: benchmarks, cacl or python.</summary>
    public void Script(string name, string does)
    {
        var file = _folder.File(name);
        File.WriteAllText(file, $"#!/bin/sh\necho \"{name} $*\" >>'{_folder.File("asked")}'\n{does}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, Executable);
    }

    /// <summary>Runs tools/bench with these options and returns its exit code and its output.</summary>
    public (int Exit, string Output) Bench(params string[] options)
    {
        using var output = new StringWriter();
        using var progress = new StringWriter();
        string[] all = [.. options, "--videos", _folder.File("videos"), "--python", _folder.File("python"), "--json", _folder.File("figures.json")];
        var exit = SuiteCommand.Run(
            all, new OwnPrograms(new Command(_folder.File("benchmarks")), new Command(_folder.File("cacl"))), output, progress);
        Progress = progress.ToString();
        return (exit, output.ToString());
    }

    /// <summary>Runs it beside the peer.</summary>
    public (int Exit, string Output) BenchBesidePeer(params string[] options) => Bench([.. options, "--peer", _folder.File("peer")]);

    public void Dispose() => _folder.Dispose();
}
