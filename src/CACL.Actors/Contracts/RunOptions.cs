using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Learning.Optimisation;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Actors.Contracts;

/// <summary>What a run does about a NaN or infinite loss. Such a state is never saved as the latest checkpoint.</summary>
public enum OnNotFinite
{
    /// <summary>End the run and name the step, the losses and the batch's videos.</summary>
    Halt,

    /// <summary>Leave the step out: no update, no enqueuing; go on with the next batch.</summary>
    Skip,

    /// <summary>Go back to the last good checkpoint and leave the step out when it comes again.</summary>
    Rollback,
}

/// <summary>What the training does while a checkpoint cannot be written.</summary>
public enum OnCheckpointFailure
{
    /// <summary>Go on; the next checkpoint is tried as usual.</summary>
    Continue,

    /// <summary>Wait until it is written.</summary>
    Pause,
}

/// <summary>Everything a run needs to know, already validated.</summary>
public sealed record RunOptions
{
    /// <summary>Run folder, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>What a sample is.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>What is trained by: what a step reports, what can be weighted, what a checkpoint holds.</summary>
    public required MethodDescription Method { get; init; }

    /// <summary>Pairs B of one step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Epochs of the run.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Most steps of the run; 0: as many as the epochs hold.</summary>
    public long MaxSteps { get; init; }

    /// <summary>Base learning rate.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Whether the base learning rate is multiplied by batch/512.</summary>
    public bool ScaleLearningRate { get; init; }

    /// <summary>Epochs of linear warm-up.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>What to do about a loss that is not finite.</summary>
    public OnNotFinite OnNotFinite { get; init; }

    /// <summary>Most roll-backs of one run before it halts all the same.</summary>
    public int MaxRollbacks { get; init; } = 3;

    /// <summary>The run ends when no step was finished for so long.</summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Time that engine and decoders of a training that is over may take to go. A roll-back waits for them; an engine that is still there
    /// then ends the run, since two might not fit the device.
    /// </summary>
    public TimeSpan EndingTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Torch device: cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>Decoder actors.</summary>
    public required int Decoders { get; init; }

    /// <summary>Time one pair may take to decode.</summary>
    public TimeSpan DecodeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of the videos that may be unusable before the run ends.</summary>
    public double MaxBadShare { get; init; } = 0.25;

    /// <summary>Bytes of decoded frames that may be in flight altogether.</summary>
    public long InFlightMemory { get; init; } = 256L << 20;

    /// <summary>Finished batches that may wait for the training loop.</summary>
    public int PrefetchBatches { get; init; } = 2;

    /// <summary>Decoder restarts within <see cref="DecoderRestartWindow"/> beyond which the run ends.</summary>
    public int MaxDecoderRestarts { get; init; } = 20;

    /// <summary>See <see cref="MaxDecoderRestarts"/>.</summary>
    public TimeSpan DecoderRestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before a crashed decoder is replaced.</summary>
    public BackOff DecoderBackOff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>Steps between checkpoints; 0: only at the end.</summary>
    public long CheckpointEverySteps { get; init; } = 1000;

    /// <summary>Checkpoints kept.</summary>
    public int CheckpointsKept { get; init; } = 3;

    /// <summary>What happens while a checkpoint cannot be written.</summary>
    public OnCheckpointFailure OnCheckpointFailure { get; init; }

    /// <summary>Wait before a checkpoint that could not be written is tried again.</summary>
    public BackOff CheckpointBackOff { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>Attempts at writing one checkpoint before it is given up.</summary>
    public int CheckpointAttempts { get; init; } = 5;

    /// <summary>
    /// Restarts of one of telemetry, control and evaluator within <see cref="ActorRestartWindow"/> beyond which the run goes on without
    /// it; of the checkpoint actor, restarts in a row beyond which the run ends.
    /// </summary>
    public int MaxActorRestarts { get; init; } = 5;

    /// <summary>See <see cref="MaxActorRestarts"/>.</summary>
    public TimeSpan ActorRestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before one of these is restarted.</summary>
    public BackOff ActorBackOff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    /// <summary>What is evaluated beside the training.</summary>
    public EvaluatorOptions Evaluation { get; init; } = new();

    /// <summary>Least severe events that are logged; see <see cref="Runs.Live.LiveSettings.LogLevel"/>.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>Settings that must be the same on resume; written into each checkpoint.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>Those that may change while the run goes on, as it is started with them.</summary>
    public LiveSettings LiveSettings => new()
    {
        LossWeights = Method.LossWeights,
        EvaluateEverySteps = Evaluation.Schedule.EverySteps,
        CheckpointEverySteps = CheckpointEverySteps,
        Decoders = Decoders,
        LogLevel = LogLevel,
    };

    /// <summary>The learning rate of each step, counted from 0, of a run of this length (METHOD.md §7).</summary>
    public Func<long, double> LearningRateOver(RunLength length)
    {
        ArgumentNullException.ThrowIfNull(length);
        var warmup = (long)Math.Round(WarmupEpochs * length.StepsPerEpoch);
        var schedule = new LearningRateSchedule(LearningRate, length.TotalSteps, warmup);
        return (ScaleLearningRate ? schedule.ScaledTo(BatchSize) : schedule).At;
    }
}
