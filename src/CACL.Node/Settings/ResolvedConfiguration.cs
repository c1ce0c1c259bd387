using System.Text;
using CACL.Configuration.Hocon;
using CACL.Configuration.Reading;

namespace CACL.Node.Settings;

/// <summary>The settings of a run, with their origins.</summary>
internal sealed class ResolvedConfiguration
{
    // Settings that may change from one start of a run to the next, because the computed numbers do not depend on them. Any other key,
    // including one added later, belongs to the fingerprint.
    private static readonly string[] Changeable =
    [
        "cacl.run.",
        // The place of the videos may change; that they are the same ones is checked by their number, frames and sizes.
        "cacl.data.videos",
        "cacl.data.catalog",
        // Which files are there may change, too; run.json says from which files each start read.
        "cacl.data.prepared",
        "cacl.data.decoder",
        "cacl.data.decoders",
        "cacl.data.decode-timeout",
        "cacl.data.max-bad-share",
        "cacl.data.in-flight-memory",
        "cacl.data.prefetch-batches",
        "cacl.data.ahead.",
        "cacl.training.device",
        "cacl.training.allow-slow-bf16",
        "cacl.training.cuda-graph",
        "cacl.training.threads",
        "cacl.training.on-nan",
        "cacl.training.watchdog",
        "cacl.training.libtorch",
        "cacl.checkpoints.",
        "cacl.supervision.",
        "cacl.ranks.",
        "cacl.cluster.",
        "cacl.evaluation.",
        "cacl.http.",
        "cacl.telemetry.",
        "cacl.logging.",
    ];

    // Settings that changed the numbers only after there were runs: with these values everything is as it was before them. Older
    // checkpoints do not name them, so that a fingerprint names them where they have other values.
    private static readonly Dictionary<string, string> AddedLater = new(StringComparer.Ordinal)
    {
        ["cacl.data.augmentation.blur-probability"] = "[0.5, 0.5]",
        ["cacl.data.augmentation.blur-sigma"] = "[0.1, 2]",
        ["cacl.data.augmentation.brightness"] = "0.4",
        ["cacl.data.augmentation.contrast"] = "0.4",
        ["cacl.data.augmentation.grey-probability"] = "0.2",
        ["cacl.data.augmentation.hue"] = "0.1",
        ["cacl.data.augmentation.jitter-probability"] = "0.8",
        ["cacl.data.augmentation.saturation"] = "0.4",
        ["cacl.data.augmentation.solarise-probability"] = "[0, 0]",
        ["cacl.data.views"] = "matched",
        ["cacl.method"] = "cacl",
        ["cacl.model.cycle-begin"] = "0",
        ["cacl.model.cycle-gradient"] = "first-frame",
        ["cacl.model.cycle-growth"] = "0",
        ["cacl.model.cycle-target"] = "auto",
        ["cacl.model.cycle-target-temperature"] = "0",
        ["cacl.model.queue-sizes.cycle"] = "0",
        ["cacl.model.queue-sizes.global"] = "0",
        ["cacl.model.queue-sizes.pixel"] = "0",
        ["cacl.model.loss-weights.dense"] = "1",
        ["cacl.model.momentum-growth"] = "none",
        ["cacl.model.pixpro.distance"] = "0.7",
        ["cacl.model.pixpro.sharpness"] = "2",
        ["cacl.model.projector-hidden"] = "0",
        ["cacl.model.projector-normalisation"] = "none",
        ["cacl.training.lars.denominator"] = "sum-of-norms",
        ["cacl.training.lars.epsilon"] = "1E-08",
        ["cacl.training.lars.rate-in-momentum"] = "false",
        ["cacl.training.optimiser"] = "lars",
        ["cacl.training.precision"] = "auto",
        ["cacl.training.sgd.decay-vectors"] = "true",
        ["cacl.training.sgd.momentum"] = "0.9",
        ["cacl.training.sgd.weight-decay"] = "0.0001",
    };

    private readonly HoconObject? _akka;

    /// <summary>Creates a configuration from typed settings, with their texts and origins.</summary>
    public ResolvedConfiguration(RunSettings settings, IReadOnlyCollection<ResolvedSetting> keys, HoconObject? akka)
    {
        Settings = settings;
        Keys = keys;
        _akka = akka;
    }

    /// <summary>The typed settings.</summary>
    public RunSettings Settings { get; }

    /// <summary>Every key under <c>cacl</c>, sorted, with canonical text and origin.</summary>
    public IReadOnlyCollection<ResolvedSetting> Keys { get; }

    /// <summary>
    /// Returns the <c>akka</c> section completed with what the program needs, for Akka's ConfigurationFactory.ParseString.
    /// </summary>
    /// <param name="logger">The logger's type, with its assembly.</param>
    public string AkkaText(string logger) => AkkaSection.Render(_akka, logger);

    /// <summary>The settings that must be the same when a run is resumed: those that change the numbers it computes.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint => new SortedDictionary<string, string>(
        Keys.Where(k => !Changeable.Any(c => c.EndsWith('.') ? k.Key.StartsWith(c, StringComparison.Ordinal) : k.Key == c))
            .Where(k => AddedLater.GetValueOrDefault(k.Key) != k.Text)
            .ToDictionary(k => k.Key, k => k.Text),
        StringComparer.Ordinal);

    /// <summary>
    /// Returns the text of config.resolved.conf: every key, sorted, with its origin as a comment. It reads back to the same settings.
    /// </summary>
    public string Render()
    {
        var text = new StringBuilder();
        text.Append("# Every setting of this run and where it came from. As --config of another run it gives the same settings.\n");
        foreach (var setting in All) text.Append(Line(setting)).Append('\n');
        return text.ToString();
    }

    /// <summary>Returns a setting as HOCON, with its origin as a comment.</summary>
    public static string Line(ResolvedSetting setting) => $"{setting.Key} = {setting.Text}  # {OneLine(setting.Origin)}";

    /// <summary>Returns the settings whose values differ from those of another configuration, or that it lacks.</summary>
    public IReadOnlyList<ResolvedSetting> DifferencesFrom(ResolvedConfiguration other)
    {
        var texts = other.All.ToDictionary(s => s.Key, s => s.Text);
        return [.. All.Where(s => texts.GetValueOrDefault(s.Key) != s.Text)];
    }

    private IEnumerable<ResolvedSetting> All =>
        Keys.Concat(AkkaSection.Leaves(_akka).Select(leaf => new ResolvedSetting(leaf.Key, leaf.Value.ToString()!, leaf.Value.Origin)));

    /// <summary>Returns the differences between two fingerprints, one per line, such as <c>cacl.seed: 1 then, 2 now</c>.</summary>
    public static IReadOnlyList<string> Difference(IReadOnlyDictionary<string, string> then, IReadOnlyDictionary<string, string> now) =>
    [
        .. then.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(k => (Key: k, Then: then.GetValueOrDefault(k, "not set"), Now: now.GetValueOrDefault(k, "not set")))
            .Where(d => d.Then != d.Now)
            .Select(d => $"{d.Key}: {d.Then} then, {d.Now} now"),
    ];

    private static string OneLine(HoconOrigin origin) => string.Concat(origin.ToString().Select(c => char.IsControl(c) ? ' ' : c));
}
