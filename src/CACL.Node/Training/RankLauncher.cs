using System.Globalization;
using CACL.Data.Processes;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.Training;

/// <summary>
/// Starts the ranks of a training on this machine by Open MPI's mpirun, which runs the same command line once a rank, and waits for them.
/// Signals go on to rank 0 alone, which ends the others: mpirun would end all of them at once. After a lost rank it starts those that are
/// left again, if it is to.
/// </summary>
internal static class RankLauncher
{
    private const string Program = "mpirun";

    /// <summary>How long rank 0 has to save if this process is killed: mpirun then tells all ranks to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How long the other ranks may take to end once rank 0 has: one that hangs is killed then.</summary>
    private static readonly TimeSpan OthersTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the ranks to their end.</summary>
    /// <param name="ranks">Number of ranks.</param>
    /// <param name="settings">The settings of the run.</param>
    /// <returns>The exit code of rank 0.</returns>
    /// <exception cref="UserException">They cannot be started.</exception>
    public static int Launch(int ranks, RunSettings settings)
    {
        string[] own = Environment.GetCommandLineArgs()[1..];
        for (var restart = 1; ; restart++)
        {
            var folder = Directory.CreateTempSubdirectory("cacl-ranks-");
            try
            {
                var zero = new RankZero(folder.FullName);
                var (stopped, ended) = Launch(ranks, own, folder.FullName, zero);
                if (stopped != 0) return stopped;
                if (!zero.HasLostRank || zero.Run is not { } run || restart > settings.Ranks.Restarts
                    || RankRules.Fewer(settings, ranks) is not { } fewer)
                {
                    return zero.ExitCode ?? throw WithoutWord(zero, ended);
                }

                Console.Out.WriteLine(
                    $"A rank was lost: {fewer} of {ranks} go on from the last checkpoint (start again {restart} of at most "
                    + $"{settings.Ranks.Restarts}).");
                own = Continuation(run, fewer);
                ranks = fewer;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>Returns the arguments that continue a run, which are those that its last line says.</summary>
    internal static string[] Continuation(string run, int ranks) =>
    [
        "train", "--config", Path.Combine(run, RunFolder.ConfigurationName), "--run", run, "--resume", "--ranks",
        ranks.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Returns mpirun's command line.</summary>
    /// <param name="ranks">Number of ranks.</param>
    /// <param name="own">The arguments with which this program was started.</param>
    /// <param name="isRoot">Whether root started it, as in a container: mpirun asks whether that is meant.</param>
    internal static IReadOnlyList<string> Arguments(int ranks, IReadOnlyList<string> own, bool isRoot)
    {
        var program = OwnProgram.Find();
        return
        [
            "-n", ranks.ToString(CultureInfo.InvariantCulture),
            // The ranks share the cores as the program divides them; there may be more ranks than cores.
            "--bind-to", "none", "--oversubscribe",
            // A rank that is lost must not take rank 0 with it, which saves and says how to go on.
            "--mca", "orte_enable_recovery", "1", "--mca", "orte_abort_on_non_zero_status", "0",
            "--mca", "odls_base_sigkill_timeout", Patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
            .. isRoot ? new[] { "--allow-run-as-root" } : [],
            program.FileName, .. program.Arguments, .. own,
        ];
    }

    // Returns the exit code of whoever was told to stop, or 0, and how mpirun ended.
    private static (int Stopped, string Ended) Launch(int ranks, string[] own, string folder, RankZero zero)
    {
        var start = new ChildStartInfo(Program, Arguments(ranks, own, Environment.IsPrivilegedProcess))
        {
            Environment = new Dictionary<string, string?> { [RankZero.Variable] = folder },
            EndsWithParent = true,
            OnOutput = text => Console.Out.Write(text.Span),
            OnError = text => Console.Error.Write(text.Span),
        };
        using var signals = new StopSignals(Console.Out.WriteLine);
        using var child = Start(start);
        signals.StopBy(_ => Stop(zero, child), "rank 0 finishes the step and saves");
        var ended = Wait(child, zero);
        return (signals.ExitCode, ended);
    }

    private static UserException WithoutWord(RankZero zero, string ended) => new(zero.Id is { } id
        ? $"Rank 0 (process {id}) ended without a word: it was killed, or crashed. Continue from its last checkpoint with --resume."
        : $"The ranks could not be started: {Program} {ended}. Nothing was trained.");

    // mpirun waits for every rank, also for one that hangs, for which rank 0 has given up the run.
    private static string Wait(ChildProcess child, RankZero zero)
    {
        using var over = new Timer(
            timer =>
            {
                if (!zero.IsOver) return;
                child.SetTimeout(OthersTime);
                ((Timer)timer!).Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            });
        over.Change(BetweenLooks, BetweenLooks);
        try
        {
            return child.WaitForExit().Description;
        }
        catch (TimeoutException)
        {
            return "did not end and was killed";
        }
    }

    private static ChildProcess Start(ChildStartInfo start)
    {
        try
        {
            return new ChildProcess(start, CancellationToken.None);
        }
        catch (ChildStartException missing)
        {
            throw new UserException(
                $"Several ranks are started by Open MPI's {Program}: {missing.Message}. Install it: apt install openmpi-bin. Nothing was "
                + "trained.",
                missing);
        }
    }

    private static void Stop(RankZero zero, ChildProcess child)
    {
        // Before rank 0 has begun, there is nothing to save.
        if (zero.Id is { } id && ChildProcess.RequestExit(id)) return;
        child.RequestExit(Patience);
    }
}
