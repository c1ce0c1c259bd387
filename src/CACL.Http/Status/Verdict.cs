using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CACL.Data.Wording;

namespace CACL.Http.Status;

/// <summary>Says in a sentence how the run stands: what it waits for, or what slows it down and what would help.</summary>
internal static class Verdict
{
    /// <summary>Returns the sentence.</summary>
    /// <param name="status">How the run stands.</param>
    /// <param name="processors">Number of the machine's processors.</param>
    public static string Of(RunStatus status, int processors)
    {
        if (status.Outcome is { } outcome) return outcome.Message;
        return status.State switch
        {
            RunState.Evaluating => "All steps are done; evaluations are still running.",
            RunState.Paused when status.PausedByCheckpoint => "The training waits until its checkpoint can be written: look at the disk "
                + "of the run folder.",
            RunState.Paused => $"The training is paused. {CommandLines.Resume} continues it.",
            _ when status.Stopping => "The training ends after this step and saves.",
            _ when status.PausedByUser => "The training pauses after this step.",
            RunState.Starting => "The training is being started.",
            _ when status.Times is null => "The first step is not done yet.",
            _ => Bottleneck.Verdict(status.Times, new DecodingFigures(
                status.Decoders, status.SecondsPerDecode, processors, IsChosen: status.Settings.Decoders == 0)),
        };
    }
}
