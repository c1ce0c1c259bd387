using CACL.Configuration.Keys;
using CACL.Node.Settings;

namespace CACL.Node.Evaluation.OutOfProcess;

/// <summary>The settings that decide the figures of an evaluation, wherever it is made; all others are those of the machine.</summary>
internal static class MeasuredSettings
{
    private const string Section = "cacl.evaluation.";

    // Where and when; the splits are part of the data set.
    private static readonly string[] Others =
    [
        "device", "features.place", "features.memory", "features.disk", "features.folder", "datasets", "protocol", "variant", "train-split",
        "test-split", "every-steps", "every-epochs", "at-end", "when", "deadline", "attempts", "retry.",
    ];

    /// <summary>Returns whether a key is one of them.</summary>
    public static bool Include(string key) => key == "cacl.training.allow-slow-bf16"
        || (key.StartsWith(Section, StringComparison.Ordinal) && KnownKeys.All.Contains(key)
            && !Others.Any(other => other.EndsWith('.')
                ? key.StartsWith(Section + other, StringComparison.Ordinal)
                : key == Section + other));

    /// <summary>Returns those of a configuration, as <c>key=value</c>, with another number of threads.</summary>
    public static IReadOnlyList<string> Of(ResolvedConfiguration configuration, int threads) =>
    [
        .. configuration.Keys.Where(setting => Include(setting.Key)).Select(setting =>
            setting.Key == EvaluationProcess.ThreadsKey ? $"{setting.Key}={threads}" : $"{setting.Key}={setting.Text}"),
    ];
}
