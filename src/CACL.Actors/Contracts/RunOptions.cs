using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Optimisation;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What a run does about a loss that is NaN or infinite. Such a state is never saved as a checkpoint.</summary>
public enum OnNotFinite
{
    /// <summary>End the run, and name the step, the losses and the batch's videos.</summary>
    Halt,

    /// <summary>Skip the step (no update, nothing enters the queues) and continue with the next batch.</summary>
    Skip,

    /// <summary>Roll back to the last good checkpoint and skip the step when it comes again.</summary>
    Rollback,
}

/// <summary>What the training does while a checkpoint cannot be written.</summary>
public enum OnCheckpointFailure
{
    /// <summary>Continue; the next checkpoint is written when it is due.</summary>
    Continue,

    /// <summary>Pause until it is written.</summary>
    Pause,
}

/// <summary>All options of a run, already validated.</summary>
public sealed record RunOptions
{
    /// <summary>Run folder, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>How samples are drawn.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>The method: what a step reports, what can be weighted, what a checkpoint contains.</summary>
    public required MethodDescription Method { get; init; }

    /// <summary>Batch size B, in pairs.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>This process's share of each batch.</summary>
    public BatchShare Share { get; init; } = BatchShare.Whole;

    /// <summary>Number of pairs of each batch that are this process's.</summary>
    public int OwnBatch => Share.Of(BatchSize);

    /// <summary>Epochs of the run.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Maximum number of steps; 0: as many as the epochs contain.</summary>
    public long MaxSteps { get; init; }

    /// <summary>Base learning rate.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Whether the base learning rate is multiplied by batch/512.</summary>
    public bool ScaleLearningRate { get; init; }

    /// <summary>Epochs of linear warm-up.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>What to do about a loss that is not finite.</summary>
    public OnNotFinite OnNotFinite { get; init; }

    /// <summary>Maximum number of roll-backs before the run ends all the same.</summary>
    public int MaxRollbacks { get; init; } = 3;

    /// <summary>Watchdog: the run ends if no step is finished for this long.</summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Time limit for the engine and the decoders of a finished training to end. A roll-back waits for them; an engine that has not ended
    /// by then ends the run, since two might not fit on the device.
    /// </summary>
    public TimeSpan EndingTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Torch device: cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>Number of decoder actors; 0: the program chooses it, and adjusts it while the run goes on.</summary>
    public required int Decoders { get; init; }

    /// <summary>Limits of a number of decoders that the program chooses.</summary>
    public DecoderBounds DecoderBounds { get; init; } = new(First: 1, Most: 1, TrainingThreads: 1, Cores: 1);

    /// <summary>Number of decoder actors to begin with.</summary>
    public int FirstDecoders => Decoders > 0 ? Decoders : DecoderBounds.First;

    /// <summary>Whether workers on other machines may decode, too: then only memory bounds the pairs in flight.</summary>
    public bool DecodesElsewhere { get; init; }

    /// <summary>Time limit for decoding one pair.</summary>
    public TimeSpan DecodeTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Share of the videos that may be unusable before the run ends.</summary>
    public double MaxBadShare { get; init; } = 0.25;

    /// <summary>Maximum number of bytes of decoded frames in flight.</summary>
    public long InFlightMemory { get; init; } = 256L << 20;

    /// <summary>Epochs whose pairs one pass through a video decodes, at most; 1: each pair is decoded by itself.</summary>
    public int AheadEpochs { get; init; } = 4;

    /// <summary>Maximum number of bytes on the disk of pairs that wait for their epoch.</summary>
    public long AheadSpace { get; init; } = 1L << 30;

    /// <summary>Maximum number of finished batches that wait for the training loop.</summary>
    public int PrefetchBatches { get; init; } = 2;

    /// <summary>Maximum number of decoder restarts within <see cref="DecoderRestartWindow"/> before the run ends.</summary>
    public int MaxDecoderRestarts { get; init; } = 20;

    /// <summary>Length of the sliding window of <see cref="MaxDecoderRestarts"/>.</summary>
    public TimeSpan DecoderRestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Back-off before a crashed decoder is replaced.</summary>
    public BackOff DecoderBackOff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>Steps between checkpoints; 0: only at the end.</summary>
    public long CheckpointEverySteps { get; init; } = 1000;

    /// <summary>Number of checkpoints that are kept.</summary>
    public int CheckpointsKept { get; init; } = 3;

    /// <summary>What happens while a checkpoint cannot be written.</summary>
    public OnCheckpointFailure OnCheckpointFailure { get; init; }

    /// <summary>Back-off before a checkpoint that could not be written is tried again.</summary>
    public BackOff CheckpointBackOff { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>Attempts at writing one checkpoint before it is given up.</summary>
    public int CheckpointAttempts { get; init; } = 5;

    /// <summary>
    /// Maximum number of restarts of telemetry, control or the evaluator within <see cref="ActorRestartWindow"/> before the run continues
    /// without that actor; for the checkpoint actor, of consecutive restarts before the run ends.
    /// </summary>
    public int MaxActorRestarts { get; init; } = 5;

    /// <summary>Length of the sliding window of <see cref="MaxActorRestarts"/>.</summary>
    public TimeSpan ActorRestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Back-off before one of these actors is restarted.</summary>
    public BackOff ActorBackOff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>What is evaluated during the training.</summary>
    public EvaluatorOptions Evaluation { get; init; } = new();

    /// <summary>Minimum level of logged events; see <see cref="Runs.Live.LiveSettings.LogLevel"/>.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>Settings that must not differ when the run is resumed; each checkpoint contains them.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>The live settings, with the values that the run starts with.</summary>
    public LiveSettings LiveSettings => new()
    {
        LossWeights = Method.LossWeights,
        EvaluateEverySteps = Evaluation.Schedule.EverySteps,
        CheckpointEverySteps = CheckpointEverySteps,
        Decoders = Decoders,
        LogLevel = LogLevel,
    };

    /// <summary>
    /// Returns the learning-rate schedule of a run of this length, as a function of the step counted from 0 (METHOD.md §7).
    /// </summary>
    public Func<long, double> LearningRateOver(RunLength length)
    {
        ArgumentNullException.ThrowIfNull(length);
        var warmup = (long)Math.Round(WarmupEpochs * length.StepsPerEpoch);
        var schedule = new LearningRateSchedule(LearningRate, length.TotalSteps, warmup);
        return (ScaleLearningRate ? schedule.ScaledTo(BatchSize) : schedule).At;
    }
}
