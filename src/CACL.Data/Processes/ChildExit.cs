using System.Globalization;

namespace CACL.Data.Processes;

/// <summary>How a child process exited.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the signal's number if a signal ended it.</param>
/// <param name="ErrorTail">The last lines that it wrote to standard error.</param>
public sealed record ChildExit(int ExitCode, IReadOnlyList<string> ErrorTail)
{
    private const int ShownLines = 5;
    private const int ShownLetters = 500;
    private const int SignalBase = 128;
    private const int OutOfReach = 126; // what a shell, env or setsid returns for a program that it may not start
    private const int NotFound = 127; // and for one that does not exist, or whose libraries do not

    private static readonly string[] Signals =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>Whether it succeeded.</summary>
    public bool IsSuccess => ExitCode == 0;

    /// <summary>The signal that ended it, or null.</summary>
    public int? Signal => ExitCode > SignalBase && ExitCode < SignalBase + Signals.Length ? ExitCode - SignalBase : null;

    /// <summary>Whether the program never started: it does not exist, may not be run, or lacks a library.</summary>
    public bool NeverStarted => ExitCode is OutOfReach or NotFound;

    private string Shown =>
        string.Join(' ', ErrorTail.TakeLast(ShownLines).Select(line => line.Length <= ShownLetters ? line : line[..ShownLetters]));

    /// <summary>A phrase that says how it ended: "was killed by signal 9 (SIGKILL); the machine may have run out of memory".</summary>
    public string Description
    {
        get
        {
            if (Signal is { } signal)
            {
                var memory = signal == 9 ? "; the machine may have run out of memory" : "";
                return string.Create(CultureInfo.InvariantCulture, $"was killed by signal {signal} ({Signals[signal]}){memory}");
            }

            var what = NeverStarted ? "could not be started" : "ended";
            var code = string.Create(CultureInfo.InvariantCulture, $"{what} with exit code {ExitCode}");
            return ErrorTail.Count == 0 ? $"{code} and without a word" : $"{code}: {Shown}";
        }
    }
}
