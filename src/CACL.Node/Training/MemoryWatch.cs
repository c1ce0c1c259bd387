using System.Globalization;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Node.Devices;

namespace CACL.Node.Training;

/// <summary>
/// Ends a run while its state can still be saved, when the memory of its control group is nearly used up: the kernel would kill it without
/// a word. A step that takes all that is left at once is not seen in time.
/// </summary>
internal static class MemoryWatch
{
    /// <summary>What the end of a run takes beside the copy that is saved; with 20 MB left, the kernel was faster.</summary>
    private const long Reserve = 64L << 20;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>Watches until the run is over.</summary>
    /// <param name="run">The run.</param>
    /// <param name="limit">The memory that there is.</param>
    /// <param name="copy">Bytes of the copy that is saved: the first takes them anew, as does one that is taken while the one before is
    /// being written; others use the memory of the one before.</param>
    public static async Task WatchAsync(TrainingRun run, MemoryLimit limit, long copy)
    {
        using var timer = new PeriodicTimer(BetweenLooks);
        while (!run.Completion.IsCompleted && await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            if (limit.Bytes is not { } all || limit.Used is not { } used) continue;
            var status = run.Status();
            var isWriting = run.Actors().Any(actor => actor is { Kind: "checkpoints", State: not ActorState.Idle });
            var left = all - used - (status.Checkpoint is null || isWriting ? copy : 0);
            if (status.Step == 0 || left >= Reserve) continue;
            run.GiveUp(string.Create(
                CultureInfo.InvariantCulture,
                $"The memory is nearly used up: {used / 1e6:0} of the {all / 1e6:0} MB that this process may have (its control group, such "
                + $"as a container's limit). The run ends while its state can be saved. Give it more memory, and resume it."));
            return;
        }
    }
}
