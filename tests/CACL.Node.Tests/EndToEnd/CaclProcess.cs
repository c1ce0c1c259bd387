using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CACL.Node.Tests.Commands;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>Runs the real program in a process of its own.</summary>
internal sealed partial class CaclProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    // Verbs that read files or ask a training, and compute nothing.
    private static readonly HashSet<string> QuickVerbs =
        ["checkpoint", "cluster", "evaluations", "export", "pause", "resume", "set", "status", "stop", "trigger"];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<string> _standardOutput = [];

    private CaclProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            Keep(line.Data);
            if (line.Data is { } text) KeepOutput(text);
        };
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>The lines of standard output so far.</summary>
    public IReadOnlyList<string> StandardOutput
    {
        get
        {
            lock (_standardOutput) return [.. _standardOutput];
        }
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program.</summary>
    public static CaclProcess Start(params string[] arguments) => StartWith(new Dictionary<string, string>(), arguments);

    /// <summary>Starts the program with additional environment variables.</summary>
    public static CaclProcess StartWith(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start([], environment, arguments);

    /// <summary>Starts the program through another one, such as strace, which runs the command that follows its own arguments.</summary>
    public static CaclProcess StartThrough(IReadOnlyList<string> other, params string[] arguments) =>
        Start(other, new Dictionary<string, string>(), arguments);

    private static CaclProcess Start(
        IReadOnlyList<string> through, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        string[] line = [.. through, "dotnet", Path.Combine(AppContext.BaseDirectory, "CACL.Node.dll"), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Most programs here end before what the compiler learns from them pays; the long tests run them as they are shipped.
        if (!LongTests.Wanted) start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new CaclProcess(Process.Start(start)!);
    }

    /// <summary>
    /// Runs the program to its end. Without the long tests, a verb that is over in no time has no process of its own, whose start takes
    /// most of a second.
    /// </summary>
    public static (int ExitCode, string Output) Run(params string[] arguments)
    {
        if (!LongTests.Wanted && IsQuick(arguments))
        {
            var (status, output, error) = CommandLine.Run(arguments);
            return (status, output + error);
        }

        using var process = Start(arguments);
        return (process.WaitForExit(), process.Output);
    }

    /// <summary>Asserts that a program succeeded.</summary>
    public static void AssertSuccess((int ExitCode, string Output) run) => Assert.True(run.ExitCode == 0, run.Output);

    /// <summary>Asserts that a program refused with a message, without a stack trace.</summary>
    public static void AssertRefused((int ExitCode, string Output) run, params string[] words)
    {
        Assert.True(run.ExitCode == 1, $"exit code {run.ExitCode}:\n{run.Output}");
        foreach (var word in words)
            Assert.True(run.Output.Contains(word, StringComparison.Ordinal), $"\"{word}\" is missing in:\n{run.Output}");
        Assert.DoesNotContain("   at CACL", run.Output);
    }

    /// <summary>Waits for the end of the program and returns its exit code.</summary>
    public int WaitForExit() => WaitForExit(Deadline);

    /// <summary>Waits for the end of the program up to a time limit and returns its exit code.</summary>
    public int WaitForExit(TimeSpan deadline)
    {
        Assert.True(_process.WaitForExit(deadline), $"The program did not end:\n{Output}");
        _process.WaitForExit(); // until both pipes are read
        return _process.ExitCode;
    }

    /// <summary>Kills the program with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal by number.</summary>
    public void Signal(int number) => Assert.Equal(0, SendSignal(_process.Id, number));

    /// <summary>Whether the program has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Sends a signal to any process. Returns 0 if there is one.</summary>
    public static int SendSignalTo(int process, int number) => SendSignal(process, number);

    /// <summary>Waits until a condition holds; fails if the program ends before.</summary>
    public void Until(Func<bool> condition)
    {
        for (var began = Stopwatch.GetTimestamp(); !condition(); Eventually.Pause(BetweenLooks))
        {
            Assert.False(_process.HasExited, $"The program ended too early:\n{Output}");
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"Waited in vain:\n{Output}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private void KeepOutput(string line)
    {
        lock (_standardOutput) _standardOutput.Add(line);
    }

    private static bool IsQuick(string[] arguments) =>
        QuickVerbs.Contains(arguments[0]) || arguments is ["videos", "scan" or "list", ..];

    // Null marks the end of a pipe.
    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
    }
}
