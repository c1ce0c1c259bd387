using CACL.Configuration.Reading;
using CACL.Data.Wording;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Runtime;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.evaluation</c> that decide what one evaluation does; reference.conf says what each means.</summary>
internal sealed record EvaluationProtocolSettings
{
    public required ulong Seed { get; init; }

    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>The precision; null: what suits the device.</summary>
    public required Precision? Precision { get; init; }

    /// <summary>Number of threads; 0: one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>The split; empty: the data set's default.</summary>
    public required string TrainSplit { get; init; }

    /// <summary>The split; empty: the data set's default.</summary>
    public required string TestSplit { get; init; }

    public required TileOptions Tiles { get; init; }

    /// <summary>Resamples of the test images by which scores get intervals; 0: none.</summary>
    public required int BootstrapResamples { get; init; }

    public required FeatureOptions Features { get; init; }

    /// <summary>Share of the training images that a learning-rate sweep holds out.</summary>
    public required double SweepHeldOut { get; init; }

    /// <summary>The linear protocol's variant full.</summary>
    public required LinearOptions Linear { get; init; }

    /// <summary>The linear protocol's variant quick.</summary>
    public required LinearOptions Quick { get; init; }

    /// <summary>The limited-sample protocol's variant full.</summary>
    public required LimitedOptions Limited { get; init; }

    /// <summary>The limited-sample protocol's variant quick.</summary>
    public required LimitedOptions QuickLimited { get; init; }

    /// <summary>The variant full of the protocol by clusters.</summary>
    public required ClusterOptions Clusters { get; init; }

    /// <summary>The variant quick of the protocol by clusters.</summary>
    public required ClusterOptions QuickClusters { get; init; }

    /// <summary>The variant full of the protocol by nearest neighbours.</summary>
    public required NeighbourOptions Neighbours { get; init; }

    /// <summary>The variant quick of the protocol by nearest neighbours.</summary>
    public required NeighbourOptions QuickNeighbours { get; init; }

    /// <summary>Number of images on which the variant quick trains; 0: all.</summary>
    public required int QuickTrainImages { get; init; }

    /// <summary>Number of images on which the variant quick is scored; 0: all.</summary>
    public required int QuickTestImages { get; init; }

    public static EvaluationProtocolSettings Read(SettingsReader reader)
    {
        var linear = ReadLinear(reader);
        var quick = ReadQuick(reader, linear);
        var limited = ReadLimited(reader);
        var clusters = ReadClusters(reader);
        var neighbours = ReadNeighbours(reader);
        return new EvaluationProtocolSettings
        {
            Seed = reader.Seed("cacl.evaluation.seed"),
            Device = reader.Text("cacl.evaluation.device", TrainingSettings.IsDevice, "auto, cpu, cuda or cuda:N"),
            Precision = TrainingSettings.ReadPrecision(reader, SettingNames.EvaluationPrecision),
            Threads = reader.Integer("cacl.evaluation.threads", 0, 1024),
            TrainSplit = reader.Text("cacl.evaluation.train-split"),
            TestSplit = reader.Text("cacl.evaluation.test-split"),
            Tiles = new TileOptions(
                reader.Integer("cacl.evaluation.tile-size", 64, 65_536),
                reader.Integer("cacl.evaluation.tile-overlap", 0, 65_536)),
            BootstrapResamples = reader.Integer("cacl.evaluation.bootstrap-resamples", 0, 100_000),
            SweepHeldOut = reader.Number("cacl.evaluation.sweep-held-out", v => v is >= 0 and <= 0.9, "from 0 to 0.9"),
            Features = ReadFeatures(reader),
            Linear = linear,
            Quick = quick,
            Limited = limited,
            QuickLimited =
                limited with { Epochs = reader.Integer("cacl.evaluation.quick.limited-epochs", 1, 100_000), ImageSize = quick.ImageSize },
            Clusters = clusters,
            // A quick one stops at its sample: a pass over all pixels would keep or compute the features of all images twice.
            QuickClusters = clusters with
            {
                TrainingPixels = Pixels(reader, "cacl.evaluation.quick.clusters-pixels"),
                Passes = 0,
                ImageSize = quick.ImageSize,
            },
            Neighbours = neighbours,
            QuickNeighbours = neighbours with
            {
                TrainingPixels = Pixels(reader, "cacl.evaluation.quick.knn-pixels"),
                ImageSize = quick.ImageSize,
            },
            QuickTrainImages = reader.Integer("cacl.evaluation.quick.train-images", 0, 1_000_000),
            QuickTestImages = reader.Integer("cacl.evaluation.quick.test-images", 0, 1_000_000),
        };
    }

    private static FeatureOptions ReadFeatures(SettingsReader reader) => new()
    {
        Storage = reader.Choice(
            "cacl.evaluation.features.place", ("auto", FeatureStorage.Auto), ("memory", FeatureStorage.Memory),
            ("disk", FeatureStorage.Disk)),
        MemoryBytes = reader.Size("cacl.evaluation.features.memory", 1L << 20, 1L << 44),
        DiskBytes = reader.Size("cacl.evaluation.features.disk", 1L << 20, 1L << 44),
        Folder = FilePaths.Absolute(reader.Text("cacl.evaluation.features.folder")),
        Half = reader.Choice("cacl.evaluation.features.precision", ("float32", false), ("float16", true)),
    };

    private static LinearOptions ReadLinear(SettingsReader reader) => Shared(reader, "cacl.evaluation.linear") with
    {
        Momentum = reader.Number("cacl.evaluation.linear.momentum", v => v is >= 0 and < 1, "from 0 to below 1"),
        WeightDecay = reader.Number("cacl.evaluation.linear.weight-decay", v => v is >= 0 and <= 1, "from 0 to 1"),
    };

    // Momentum and weight decay are the protocol's own.
    private static LinearOptions ReadQuick(SettingsReader reader, LinearOptions linear) => Shared(reader, "cacl.evaluation.quick") with
    {
        Momentum = linear.Momentum,
        WeightDecay = linear.WeightDecay,
        ImageSize = reader.Integer("cacl.evaluation.quick.image-size", 32, 65_536),
    };

    private static LimitedOptions ReadLimited(SettingsReader reader)
    {
        var scale = reader.Numbers("cacl.evaluation.limited.scale", 2);
        return new LimitedOptions
        {
            Epochs = reader.Integer("cacl.evaluation.limited.epochs", 1, 100_000),
            LearningRate = reader.Number("cacl.evaluation.limited.learning-rate", v => v is > 0 and <= 1000, "above 0, at most 1000"),
            Momentum = reader.Number("cacl.evaluation.limited.momentum", v => v is >= 0 and < 1, "from 0 to below 1"),
            WeightDecay = reader.Number("cacl.evaluation.limited.weight-decay", v => v is >= 0 and <= 1, "from 0 to 1"),
            BatchSize = reader.Integer("cacl.evaluation.limited.batch-size", 1, 65_536),
            CropSize = reader.Integer("cacl.evaluation.limited.crop-size", 32, 65_536),
            ScaleMin = scale[0],
            ScaleMax = scale[1],
            FlipProbability = reader.Number("cacl.evaluation.limited.flip-probability", v => v is >= 0 and <= 1, "from 0 to 1"),
        };
    }

    private static ClusterOptions ReadClusters(SettingsReader reader) => new()
    {
        Clusters = reader.Integer("cacl.evaluation.clusters.clusters", 0, ClusterProtocol.Most),
        Starts = reader.Integer("cacl.evaluation.clusters.starts", 1, 1000),
        Iterations = reader.Integer("cacl.evaluation.clusters.iterations", 1, 10_000),
        TrainingPixels = Pixels(reader, "cacl.evaluation.clusters.training-pixels"),
        Passes = reader.Integer("cacl.evaluation.clusters.passes", 0, 1000),
    };

    private static NeighbourOptions ReadNeighbours(SettingsReader reader) => new()
    {
        Neighbours = reader.Integer("cacl.evaluation.knn.neighbours", 1, 1000),
        Temperature = reader.Number("cacl.evaluation.knn.temperature", v => v is >= 0.001 and <= 1000, "from 0.001 to 1000"),
        TrainingPixels = Pixels(reader, "cacl.evaluation.knn.training-pixels"),
    };

    private static int Pixels(SettingsReader reader, string key) => reader.Integer(key, 1000, 10_000_000);

    private static LinearOptions Shared(SettingsReader reader, string section) => new()
    {
        Section = section,
        Epochs = reader.Integer($"{section}.epochs", 1, 100_000),
        LearningRate = reader.Number($"{section}.learning-rate", v => v is > 0 and <= 1000, "above 0, at most 1000"),
        BatchSize = reader.Integer($"{section}.batch-size", 1, 65_536),
        FlipProbability = reader.Number($"{section}.flip-probability", v => v is >= 0 and <= 1, "from 0 to 1"),
        Standardise = reader.Boolean($"{section}.standardise"),
    };
}
