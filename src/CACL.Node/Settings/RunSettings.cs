using CACL.Actors.Contracts;
using CACL.Configuration.Reading;
using CACL.Data.Sampling;
using CACL.Http;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;

namespace CACL.Node.Settings;

/// <summary>All settings of a run, checked and immutable. Created by <see cref="ConfigurationFiles.Load"/>.</summary>
internal sealed record RunSettings
{
    public required ulong Seed { get; init; }

    /// <summary>The training method.</summary>
    public required KnownMethod Method { get; init; }

    /// <summary>The run's folder, absolute; empty: name a new one.</summary>
    public required string RunDirectory { get; init; }

    public required DataSettings Data { get; init; }

    public required ModelSettings Model { get; init; }

    public required TrainingSettings Training { get; init; }

    public required CheckpointSettings Checkpoints { get; init; }

    public required SupervisionSettings Supervision { get; init; }

    public required RankSettings Ranks { get; init; }

    public required ClusterSettings Cluster { get; init; }

    public required EvaluationProtocolSettings Evaluation { get; init; }

    public required TrainingEvaluationSettings TrainingEvaluation { get; init; }

    public required HttpOptions Http { get; init; }

    public required TelemetrySettings Telemetry { get; init; }

    public required LoggingSettings Logging { get; init; }

    /// <summary>Returns the settings that decide a sample plan.</summary>
    public SamplingOptions ToSamplingOptions() => new()
    {
        Seed = Seed,
        Stride = Data.Stride,
        CropSize = Data.CropSize,
        CropAreaMin = Data.CropAreaMin,
        CropAreaMax = Data.CropAreaMax,
        FlipProbability = Data.FlipProbability,
        SharedColourAugmentation = Data.SharedColourAugmentation,
        SeparateViews = Data.SeparateViews,
        Colours = Data.Colours,
        ColoursPlus = Data.ColoursPlus,
        // Only CACL rolls views and keeps single pixels in queues.
        SpatialRoll = Model.SpatialRoll && Method == KnownMethods.Cacl,
        EnqueuePixels = Method == KnownMethods.Cacl ? Model.EnqueuePixels : 0,
    };

    /// <summary>Returns the settings of the method.</summary>
    public MethodOptions ToMethod() => Method.Of(this);

    /// <summary>Returns the settings of CACL.</summary>
    public CaclOptions ToCaclOptions() => new()
    {
        Seed = Seed,
        Backbone = Model.Backbone,
        Heads = Model.Heads,
        QueueSize = Model.QueueSize,
        GlobalQueueSize = Model.QueueSizes.Global,
        PixelQueueSize = Model.QueueSizes.Pixel,
        CycleQueueSize = Model.QueueSizes.Cycle,
        BatchNormSplits = Model.BatchNormSplits,
        SpatialRoll = Model.SpatialRoll,
        Padding = Model.Padding,
        SoftCycle = Model.SoftCycle,
        CycleTarget = Model.CycleTarget,
        CycleTargetTemperature = Model.CycleTargetTemperature is > 0 and var temperature ? temperature : null,
        CycleGradient = Model.CycleGradient,
        CycleRamp = Model.CycleRamp,
        Positives = Model.Positives,
        Pooling = Model.Pooling,
        Temperature = Model.Temperature,
        EmaWeight = Model.EmaWeight,
        EmaWeightGrows = Model.EmaWeightGrows,
        LossWeights = new LossWeights([.. CaclHeads.Names.Select(head => new LossWeight(head, Model.LossWeights[head]))]),
        Optimiser = Training.Optimiser,
    };

    /// <summary>Returns the options of a run's actors.</summary>
    /// <param name="directory">The run folder, absolute.</param>
    /// <param name="device">The resolved <see cref="TrainingSettings.Device"/>: cpu, cuda or cuda:N.</param>
    /// <param name="fingerprint">See <see cref="ResolvedConfiguration.Fingerprint"/>.</param>
    public RunOptions ToRunOptions(string directory, string device, IReadOnlyDictionary<string, string> fingerprint) => new()
    {
        Directory = directory,
        Sampling = ToSamplingOptions(),
        Method = ToMethod().Describe(),
        BatchSize = Training.BatchSize,
        Epochs = Training.Epochs,
        MaxSteps = Training.MaxSteps,
        LearningRate = Training.LearningRate,
        ScaleLearningRate = Training.ScaleLearningRate,
        WarmupEpochs = Training.WarmupEpochs,
        OnNotFinite = Training.OnNan,
        Watchdog = Training.Watchdog,
        Device = device,
        Decoders = Data.Decoders,
        DecodesElsewhere = Cluster.Enabled,
        DecodeTimeout = Data.DecodeTimeout,
        MaxBadShare = Data.MaxBadShare,
        InFlightMemory = Data.InFlightMemory,
        PrefetchBatches = Data.PrefetchBatches,
        AheadEpochs = Data.AheadEpochs,
        AheadSpace = Data.AheadSpace,
        MaxDecoderRestarts = Supervision.DecoderMaxRestarts,
        DecoderRestartWindow = Supervision.DecoderWindow,
        DecoderBackOff = Supervision.DecoderBackOff,
        CheckpointEverySteps = Checkpoints.EverySteps,
        CheckpointsKept = Checkpoints.Keep,
        OnCheckpointFailure = Checkpoints.OnFailure,
        CheckpointBackOff = Checkpoints.Retry,
        Evaluation = TrainingEvaluation.ToOptions(),
        LogLevel = Logging.Level.ToString().ToLowerInvariant(),
        Fingerprint = fingerprint,
    };

    /// <summary>Reads the settings in a tree; problems are left in the reader.</summary>
    public static RunSettings Read(SettingsReader reader)
    {
        var settings = new RunSettings
        {
            Seed = reader.Seed("cacl.seed"),
            Method = reader.Choice(KnownMethods.Key, [.. KnownMethods.All.Select(method => (method.Word, method))]),
            RunDirectory = FilePaths.Absolute(reader.Text("cacl.run.directory")),
            Data = DataSettings.Read(reader),
            Model = ModelSettings.Read(reader),
            Training = TrainingSettings.Read(reader),
            Checkpoints = CheckpointSettings.Read(reader),
            Supervision = SupervisionSettings.Read(reader),
            Ranks = RankSettings.Read(reader),
            Cluster = ClusterSettings.Read(reader),
            Evaluation = EvaluationProtocolSettings.Read(reader),
            TrainingEvaluation = TrainingEvaluationSettings.Read(reader),
            Http = HttpSettings.Read(reader),
            Telemetry = TelemetrySettings.Read(reader),
            Logging = LoggingSettings.Read(reader),
        };
        SettingsRules.Check(settings, reader);
        return settings;
    }
}
