using System.Globalization;
using CACL.Actors.Contracts;
using CACL.Configuration.Reading;
using CACL.Data.Wording;
using CACL.Learning.Optimisation;
using CACL.Learning.Runtime;

namespace CACL.Node.Settings;

/// <summary>Settings under <c>cacl.training</c>; reference.conf says what each means.</summary>
internal sealed record TrainingSettings
{
    /// <summary>auto, cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>The precision; null: what suits the device.</summary>
    public required Precision? Precision { get; init; }

    /// <summary>Whether bf16 may be computed on a processor without units for it.</summary>
    public required bool AllowSlowBf16 { get; init; }

    /// <summary>Whether a card replays a recorded step.</summary>
    public required bool CudaGraph { get; init; }

    /// <summary>Number of threads; 0: one per core.</summary>
    public required int Threads { get; init; }

    public required int BatchSize { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Number of steps; 0: as many as the epochs have.</summary>
    public required long MaxSteps { get; init; }

    /// <summary>The learning rate as given, not scaled by <see cref="ScaleLearningRate"/>.</summary>
    public required double LearningRate { get; init; }

    public required bool ScaleLearningRate { get; init; }

    public required double WarmupEpochs { get; init; }

    public required OnNotFinite OnNan { get; init; }

    public required TimeSpan Watchdog { get; init; }

    /// <summary>A folder with libtorch, or empty.</summary>
    public required string LibTorch { get; init; }

    public required OptimiserOptions Optimiser { get; init; }

    public static TrainingSettings Read(SettingsReader reader) => new()
    {
        Device = reader.Text("cacl.training.device", IsDevice, "auto, cpu, cuda or cuda:N"),
        Precision = ReadPrecision(reader, SettingNames.Precision),
        AllowSlowBf16 = reader.Boolean(SettingNames.AllowSlowBf16),
        CudaGraph = reader.Choice("cacl.training.cuda-graph", ("off", false), ("on", true)),
        Threads = reader.Integer("cacl.training.threads", 0, 1024),
        BatchSize = reader.Integer("cacl.training.batch-size", 1, 65_536),
        Epochs = reader.Integer("cacl.training.epochs", 1, 1_000_000),
        MaxSteps = reader.Integer("cacl.training.max-steps", 0L, long.MaxValue / 4),
        LearningRate = reader.Number("cacl.training.learning-rate", v => v is > 0 and <= 1000, "above 0, at most 1000"),
        ScaleLearningRate = reader.Boolean("cacl.training.scale-learning-rate"),
        WarmupEpochs = reader.Number("cacl.training.warmup-epochs", v => v >= 0, "of at least 0"),
        OnNan = reader.Choice(
            "cacl.training.on-nan", ("halt", OnNotFinite.Halt), ("skip", OnNotFinite.Skip), ("rollback", OnNotFinite.Rollback)),
        Watchdog = reader.Duration("cacl.training.watchdog", TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        LibTorch = FilePaths.Absolute(reader.Text("cacl.training.libtorch")),
        Optimiser = OptimiserSettings.Read(reader),
    };

    /// <summary>Reads a precision; null: auto.</summary>
    public static Precision? ReadPrecision(SettingsReader reader, string key) => reader.Choice<Precision?>(
        key, [("auto", null), .. Precisions.ToChooseFrom.Select(precision => (precision.Word(), (Precision?)precision))]);

    /// <summary>Returns whether a text names a device: auto, cpu, cuda or cuda:N.</summary>
    public static bool IsDevice(string text) =>
        text is "auto" or "cpu" or "cuda"
        || (text.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(
            text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
