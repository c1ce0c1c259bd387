namespace CACL.Data.Wording;

/// <summary>
/// The settings that errors and log lines name, as a configuration spells them. What the keys are is the program's affair, yet every
/// project below it tells people which setting helps: this is the one place there that knows how the program spells them. The program's
/// tests hold each name to the known keys.
/// </summary>
public static class SettingNames
{
    /// <summary>The folders, lists and files of videos to train on.</summary>
    public const string Videos = "cacl.data.videos";

    /// <summary>The distance between the two frames of a pair.</summary>
    public const string Stride = "cacl.data.stride";

    /// <summary>The side of a crop.</summary>
    public const string CropSize = "cacl.data.crop-size";

    /// <summary>The way to decode: in processes of its own, in the process or isolated from it.</summary>
    public const string Decoder = "cacl.data.decoder";

    /// <summary>The share of videos that may be unusable.</summary>
    public const string MaxBadShare = "cacl.data.max-bad-share";

    /// <summary>How many batches wait ahead of the training.</summary>
    public const string PrefetchBatches = "cacl.data.prefetch-batches";

    /// <summary>The memory that what is decoded ahead may take.</summary>
    public const string InFlightMemory = "cacl.data.in-flight-memory";

    /// <summary>The heads that are trained.</summary>
    public const string Heads = "cacl.model.heads";

    /// <summary>Where a pixel's positive in the other frame is.</summary>
    public const string Positives = "cacl.model.positives";

    /// <summary>What a pixel's way there and back must lead to.</summary>
    public const string CycleTarget = "cacl.model.cycle-target";

    /// <summary>The temperature of every softmax.</summary>
    public const string Temperature = "cacl.model.temperature";

    /// <summary>How slowly the key network follows.</summary>
    public const string EmaWeight = "cacl.model.momentum";

    /// <summary>The pairs of a step.</summary>
    public const string BatchSize = "cacl.training.batch-size";

    /// <summary>How long the learning rate grows at the start.</summary>
    public const string WarmupEpochs = "cacl.training.warmup-epochs";

    /// <summary>The learning rate of the training.</summary>
    public const string LearningRate = "cacl.training.learning-rate";

    /// <summary>The numbers in which the networks are trained.</summary>
    public const string Precision = "cacl.training.precision";

    /// <summary>Whether bf16 may be computed where it is slow.</summary>
    public const string AllowSlowBf16 = "cacl.training.allow-slow-bf16";

    /// <summary>The numbers in which a backbone is evaluated.</summary>
    public const string EvaluationPrecision = "cacl.evaluation.precision";

    /// <summary>What happens when a loss is not finite.</summary>
    public const string OnNotFinite = "cacl.training.on-nan";

    /// <summary>The time after which a step counts as stalled.</summary>
    public const string Watchdog = "cacl.training.watchdog";

    /// <summary>The folder with libtorch.</summary>
    public const string LibTorch = "cacl.training.libtorch";

    /// <summary>Over what ranks exchange the tensors of a step.</summary>
    public const string RankCollectives = "cacl.ranks.collectives";

    /// <summary>Whether a card replays a recorded step.</summary>
    public const string CudaGraph = "cacl.training.cuda-graph";

    /// <summary>The device that trains.</summary>
    public const string Device = "cacl.training.device";

    /// <summary>How many steps lie between two checkpoints.</summary>
    public const string CheckpointEverySteps = "cacl.checkpoints.every-steps";

    /// <summary>The address at which workers reach a run.</summary>
    public const string ClusterHost = "cacl.cluster.host";

    /// <summary>The folders that a run's workers have, too.</summary>
    public const string ClusterFolders = "cacl.cluster.folders";

    /// <summary>The data sets that a run evaluates on.</summary>
    public const string EvaluationDataSets = "cacl.evaluation.datasets";

    /// <summary>The time that one evaluation may take.</summary>
    public const string EvaluationDeadline = "cacl.evaluation.deadline";

    /// <summary>How many steps lie between two evaluations.</summary>
    public const string EvaluationEverySteps = "cacl.evaluation.every-steps";

    /// <summary>Where the features of an evaluation are kept: in memory or on the disk.</summary>
    public const string FeaturesPlace = "cacl.evaluation.features.place";

    /// <summary>The memory that the features of an evaluation may take.</summary>
    public const string FeaturesMemory = "cacl.evaluation.features.memory";

    /// <summary>The folder for the features of an evaluation.</summary>
    public const string FeaturesFolder = "cacl.evaluation.features.folder";

    /// <summary>The section of the linear protocol.</summary>
    public const string LinearSection = "cacl.evaluation.linear";

    /// <summary>The section of the protocol with limited labels.</summary>
    public const string LimitedSection = "cacl.evaluation.limited";

    /// <summary>Whether a run answers over HTTP.</summary>
    public const string HttpEnabled = "cacl.http.enabled";

    /// <summary>The address that a run answers at.</summary>
    public const string HttpHost = "cacl.http.host";

    /// <summary>The port that a run answers at.</summary>
    public const string HttpPort = "cacl.http.port";

    /// <summary>How long a run that is over still answers.</summary>
    public const string HttpLinger = "cacl.http.linger";

    /// <summary>The age of the last step above which a run is not healthy.</summary>
    public const string HealthStepAge = "cacl.telemetry.health.step-age";

    /// <summary>The age of the last checkpoint above which a run is not healthy.</summary>
    public const string HealthCheckpointAge = "cacl.telemetry.health.checkpoint-age";
}
