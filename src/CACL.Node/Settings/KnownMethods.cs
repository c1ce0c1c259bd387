using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Node.Settings;

/// <summary>
/// What is known about the program's methods before a run's settings are: the names that may occur in settings and commands.
/// </summary>
internal static class KnownMethods
{
    /// <summary>The method with its default settings.</summary>
    public static MethodDescription Usual { get; } = new CaclOptions().Describe();

    /// <summary>Figures that a line of metrics.jsonl may contain.</summary>
    public static IReadOnlyList<string> Figures { get; } = MetricsLine.Names(Usual.Metrics);

    /// <summary>Settings that may change during a run.</summary>
    public static IReadOnlyList<string> LiveSettings { get; } = LiveSettingNames.Of(Usual.LossWeights);
}
