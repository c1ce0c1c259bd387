using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What a run is doing.</summary>
public enum RunState
{
    /// <summary>The state is being built or restored.</summary>
    Starting,

    /// <summary>A step is being computed.</summary>
    Running,

    /// <summary>The training waits for the decoders.</summary>
    WaitingForData,

    /// <summary>The training is held.</summary>
    Paused,

    /// <summary>The state is being copied for a checkpoint, or the last one is being written.</summary>
    Saving,

    /// <summary>All steps are done, evaluations are still being made.</summary>
    Evaluating,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>A checkpoint that is on the disk.</summary>
/// <param name="Step">Steps it has behind it.</param>
/// <param name="Time">When it was finished; for one that the run was started from, when the run was started.</param>
/// <param name="Path">Its folder.</param>
public sealed record SavedCheckpoint(long Step, DateTimeOffset Time, string Path);

/// <summary>
/// How a run stands at one moment: what its parts told the status actor until then. It is there at once, whatever they do.
/// </summary>
public sealed record RunStatus
{
    /// <summary>What it is doing.</summary>
    public required RunState State { get; init; }

    /// <summary>Somebody asked it to pause; the step that runs is finished first.</summary>
    public required bool PausedByUser { get; init; }

    /// <summary>It waits for a checkpoint that cannot be written.</summary>
    public required bool PausedByCheckpoint { get; init; }

    /// <summary>It was asked to end.</summary>
    public required bool Stopping { get; init; }

    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Length of the run.</summary>
    public required RunLength Length { get; init; }

    /// <summary>When this start of the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Time since then.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Time to the last step at the present pace; null: not known, or held.</summary>
    public required TimeSpan? Remaining { get; init; }

    /// <summary>Pairs a second, a mean over about the last twenty steps; null before the first.</summary>
    public required double? PairsPerSecond { get; init; }

    /// <summary>What the time of the last steps went into; null before the first of this start, and in a run without instruments.</summary>
    public StepTimeFigures? Times { get; init; }

    /// <summary>Mean seconds that a decoder takes for a pair; null while that is not known.</summary>
    public double? SecondsPerDecode { get; init; }

    /// <summary>The last step's figures.</summary>
    public required StepMetrics? Last { get; init; }

    /// <summary>The newest checkpoint.</summary>
    public required SavedCheckpoint? Checkpoint { get; init; }

    /// <summary>Finished batches that wait for the training.</summary>
    public required int BatchesWaiting { get; init; }

    /// <summary>Most of them.</summary>
    public required int BatchCapacity { get; init; }

    /// <summary>Bytes of decoded frames in flight.</summary>
    public required long BytesInFlight { get; init; }

    /// <summary>Most of them.</summary>
    public required long BytesLimit { get; init; }

    /// <summary>Decoders that are alive.</summary>
    public required int Decoders { get; init; }

    /// <summary>Those that decode at this moment.</summary>
    public required int DecodersBusy { get; init; }

    /// <summary>The live settings of the next step.</summary>
    public required LiveSettings Settings { get; init; }

    /// <summary>Changes that act at steps still to come, since that part of the run is done again.</summary>
    public required IReadOnlyList<JournaledChange> Ahead { get; init; }

    /// <summary>Videos that cannot be used.</summary>
    public required int Quarantined { get; init; }

    /// <summary>How it ended; null while it has not.</summary>
    public required RunOutcome? Outcome { get; init; }
}
