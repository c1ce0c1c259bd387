using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.Doctor;

/// <summary>Handles <c>cacl doctor</c>: runs all checks at once, each with a deadline, and reports them in their order.</summary>
internal static class Examination
{
    /// <summary>Examines this machine.</summary>
    /// <returns>The exit code: failure if training could not start.</returns>
    public static int Run(RunSettings settings, TextWriter output) => Tell(Checks(settings), output);

    /// <summary>Runs checks, and writes a line for each, another for each remedy, and the verdict.</summary>
    internal static int Tell(IReadOnlyList<Check> checks, TextWriter output)
    {
        var width = checks.Max(c => c.Name.Length);
        var running = checks.Select(c => (Check: c, Task: Task.Factory.StartNew(
            () => Look(c), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).ToList();
        var blocking = new List<string>();
        foreach (var (check, task) in running)
        {
            // A check that does not return stays behind on its background thread, which ends with the program.
            var finding = task.Wait(check.Deadline)
                ? task.Result
                : new Finding(
                    Severity.Blocking, $"no answer within {check.Deadline.TotalSeconds:0} s",
                    "Try again when the machine is less busy; if it stays so, a disk, driver or program hangs.");
            output.WriteLine($"{Mark(finding.Severity)} {check.Name.PadRight(width)}  {finding.Text}");
            if (finding.Remedy is not null) output.WriteLine($"  {new string(' ', width)}  → {finding.Remedy}");
            if (finding.Severity == Severity.Blocking) blocking.Add(check.Name);
        }

        output.WriteLine(
            blocking.Count == 0 ? "Training can start here." : $"Training cannot start here: see {string.Join(", ", blocking)}.");
        return blocking.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static IReadOnlyList<Check> Checks(RunSettings settings)
    {
        var quick = TimeSpan.FromSeconds(10);
        var slow = TimeSpan.FromSeconds(60);
        return
        [
            new Check("system", quick, SystemChecks.System),
            new Check("processor", quick, SystemChecks.Processor),
            new Check("memory", quick, SystemChecks.Memory),
            new Check("disk", quick, () => SystemChecks.Disk(settings.RunDirectory)),
            new Check("limits", quick, SystemChecks.Limits),
            new Check("libtorch", slow, () => TorchChecks.Library(settings.Training.LibTorch)),
            new Check("device", slow, () => TorchChecks.Device(settings.Training.LibTorch, settings.Training.Device)),
            new Check("ffmpeg", slow, MediaChecks.Program),
            new Check("libraries", slow, MediaChecks.Libraries),
            new Check("decoder", slow, () => MediaChecks.Decoder(settings.Data.Decoder)),
        ];
    }

    private static Finding Look(Check check)
    {
        try
        {
            return check.Look();
        }
        catch (Exception e)
        {
            return new Finding(
                Severity.Blocking, $"the check itself failed: {e.GetType().Name}: {e.Message}",
                "This is a fault of the program; please report it with this line.");
        }
    }

    private static char Mark(Severity severity) => severity switch
    {
        Severity.Fine => '✓',
        Severity.Remark => '!',
        _ => '✗',
    };
}
