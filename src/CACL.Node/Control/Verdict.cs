using System.Globalization;
using CACL.Actors.Control;

namespace CACL.Node.Control;

/// <summary>A sentence on what holds the training up, and what would help.</summary>
internal static class Verdict
{
    /// <summary>Less waiting than this is the time it takes to hand over a batch.</summary>
    private const double Negligible = 0.05;

    /// <summary>The sentence.</summary>
    public static string Of(RunStatus status, int processors)
    {
        if (status.Outcome is { } outcome) return outcome.Message;
        return status.State switch
        {
            RunState.Evaluating => "All steps are done; evaluations are still being made.",
            RunState.Paused when status.PausedByCheckpoint => "The training waits until its checkpoint can be written: look at the disk of the run folder.",
            RunState.Paused => "The training is paused. cacl resume lets it go on.",
            _ when status.Stopping => "The training ends after this step and saves.",
            _ when status.PausedByUser => "The training pauses after this step.",
            _ => Pace(status, processors),
        };
    }

    private static string Pace(RunStatus status, int processors)
    {
        if (status.DataWaitShare is not { } share) return status.State == RunState.Starting ? "The training is being started." : "The first step is not done yet.";
        if (share < Negligible) return "The training itself is what takes the time: data is always there.";
        var percent = string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} % of the time the training waits for data");
        if (share > 0.99) return "Nearly all the time the training waits for data: the decoders, or the disk that the videos are on, are the bottleneck.";
        // What delivers a batch in the time of waiting and computing is to deliver it in that of computing alone.
        var more = Math.Max(1, (int)Math.Ceiling(status.Decoders * share / (1 - share)));
        if (status.Decoders >= processors) return $"{percent}. There are as many decoders as processors already: smaller videos, or a faster disk, would help.";
        more = Math.Min(more, processors - status.Decoders);
        return $"{percent}: the decoders are the bottleneck. {more} more would help: cacl set --run DIR decoders={status.Decoders + more}";
    }
}
