using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What a run is doing.</summary>
public enum RunState
{
    /// <summary>The training's state is being built or restored.</summary>
    Starting,

    /// <summary>A step is being computed.</summary>
    Running,

    /// <summary>The training waits for the decoders.</summary>
    WaitingForData,

    /// <summary>The training is paused.</summary>
    Paused,

    /// <summary>A snapshot is being taken for a checkpoint, or the last checkpoint is being written.</summary>
    Saving,

    /// <summary>All steps are done; evaluations are still running.</summary>
    Evaluating,

    /// <summary>The run has ended.</summary>
    Ended,
}

/// <summary>A checkpoint on disk.</summary>
/// <param name="Step">Steps that the training had done by then.</param>
/// <param name="Time">When it was written; for the checkpoint that the run was started from, when the run was started.</param>
/// <param name="Path">Its folder.</param>
public sealed record SavedCheckpoint(long Step, DateTimeOffset Time, string Path);

/// <summary>
/// Status of a run at one moment, from what its parts had told the status actor by then. Reading it never waits for any of them.
/// </summary>
public sealed record RunStatus
{
    /// <summary>What the run is doing.</summary>
    public required RunState State { get; init; }

    /// <summary>Whether a user asked it to pause; the current step is finished first.</summary>
    public required bool PausedByUser { get; init; }

    /// <summary>Whether it is paused because a checkpoint cannot be written.</summary>
    public required bool PausedByCheckpoint { get; init; }

    /// <summary>Whether it was asked to end.</summary>
    public required bool Stopping { get; init; }

    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Length of the run.</summary>
    public required RunLength Length { get; init; }

    /// <summary>When this start of the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Time since <see cref="Started"/>.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimated time until the last step; null: unknown, or the training is paused.</summary>
    public required TimeSpan? Remaining { get; init; }

    /// <summary>Pairs a second, averaged over about the last twenty steps; null before the first.</summary>
    public required double? PairsPerSecond { get; init; }

    /// <summary>
    /// Where the time of the last steps went; null before the first step of this start, and in a run without instruments.
    /// </summary>
    public StepTimeFigures? Times { get; init; }

    /// <summary>Mean time of decoding a pair, in seconds; null while it is unknown.</summary>
    public double? SecondsPerDecode { get; init; }

    /// <summary>The metrics of the last step.</summary>
    public required StepMetrics? Last { get; init; }

    /// <summary>The newest checkpoint.</summary>
    public required SavedCheckpoint? Checkpoint { get; init; }

    /// <summary>Number of finished batches that wait for the training.</summary>
    public required int BatchesWaiting { get; init; }

    /// <summary>Capacity of the channel of finished batches.</summary>
    public required int BatchCapacity { get; init; }

    /// <summary>Bytes of decoded frames in flight.</summary>
    public required long BytesInFlight { get; init; }

    /// <summary>Maximum number of bytes of decoded frames in flight.</summary>
    public required long BytesLimit { get; init; }

    /// <summary>Number of decoders that are wanted, set or chosen; 0 before the first is started.</summary>
    public int DecodersWanted { get; init; }

    /// <summary>Number of running decoders.</summary>
    public required int Decoders { get; init; }

    /// <summary>Number of decoders that are decoding at this moment.</summary>
    public required int DecodersBusy { get; init; }

    /// <summary>The live settings that the next step will use.</summary>
    public required LiveSettings Settings { get; init; }

    /// <summary>Journalled changes that take effect at later steps, since that part of the run is being repeated.</summary>
    public required IReadOnlyList<JournaledChange> Ahead { get; init; }

    /// <summary>Number of videos that cannot be used.</summary>
    public required int Quarantined { get; init; }

    /// <summary>The run's outcome; null while it has not ended.</summary>
    public required RunOutcome? Outcome { get; init; }
}
