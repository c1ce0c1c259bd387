using System.Reflection;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Byol;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Methods.DenseCl;
using CACL.Learning.Methods.MocoV2;
using CACL.Learning.Methods.PixPro;
using CACL.Learning.Methods.SimClr;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Node.Settings;

/// <summary>A training method that can be chosen.</summary>
/// <param name="Word">Its word in <c>cacl.method</c>.</param>
/// <param name="Defaults">Its own defaults.</param>
/// <param name="Of">Makes its options from a run's settings.</param>
internal sealed record KnownMethod(string Word, MethodOptions Defaults, Func<RunSettings, MethodOptions> Of);

/// <summary>The program's methods, and what is known about them before a run's settings are.</summary>
internal static class KnownMethods
{
    /// <summary>The key that chooses a method.</summary>
    public const string Key = "cacl.method";

    /// <summary>The method of reference.conf.</summary>
    public static KnownMethod Cacl { get; } = new("cacl", new CaclOptions(), settings => settings.ToCaclOptions());

    /// <summary>All methods.</summary>
    public static IReadOnlyList<KnownMethod> All { get; } =
    [
        Cacl,
        new(MocoOptions.Word, new MocoOptions(), MethodSettings.Moco),
        new(SimClrOptions.Word, new SimClrOptions(), MethodSettings.SimClr),
        new(ByolOptions.Word, new ByolOptions(), MethodSettings.Byol),
        new(DenseClOptions.Word, new DenseClOptions(), MethodSettings.DenseCl),
        new(PixProOptions.Word, new PixProOptions(), MethodSettings.PixPro),
    ];

    /// <summary>The losses of all methods, by their heads' names.</summary>
    public static IReadOnlyList<string> Losses { get; } =
        [.. All.SelectMany(method => method.Defaults.Describe().LossWeights.Heads).Distinct()];

    /// <summary>Figures that a line of metrics.jsonl may contain.</summary>
    public static IReadOnlyList<string> Figures { get; } =
        [.. All.SelectMany(method => MetricsLine.Names(method.Defaults.Describe().Metrics)).Distinct()];

    /// <summary>Returns whether a figure is a metric of some method, and not one that every step has.</summary>
    public static bool Reports(string figure) =>
        All.Any(method => method.Defaults.Describe().Metrics.Any(metric => metric.Name == figure));

    /// <summary>Settings that may change during a run.</summary>
    public static IReadOnlyList<string> LiveSettings { get; } =
        [.. All.SelectMany(method => LiveSettingNames.Of(method.Defaults.Describe().LossWeights)).Distinct()];

    /// <summary>
    /// Returns the settings by which a method differs from reference.conf, its file in hocon/methods; null if it has none.
    /// </summary>
    public static string? Preset(string word)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(PresetName(word));
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Returns the name of a method's file.</summary>
    public static string PresetName(string word) => $"methods/{word}.conf";
}
