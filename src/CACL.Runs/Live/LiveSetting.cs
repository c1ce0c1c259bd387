using System.Globalization;
using CACL.Learning.Methods;

namespace CACL.Runs.Live;

/// <summary>The names of the settings that may change during a run.</summary>
public static class LiveSettingNames
{
    /// <summary>Returns all names in a run whose method has losses for these heads.</summary>
    public static IReadOnlyList<string> Of(LossWeights losses) => [.. LiveSetting.Of(losses).Select(s => s.Name)];

    /// <summary>Returns whether a setting's value is a word and not a number.</summary>
    public static bool IsWord(string name) => LiveSetting.Fixed.Any(setting => setting.Name == name && setting.IsWord);
}

/// <summary>A setting that may change during a run: its name, its values, its place in <see cref="LiveSettings"/>.</summary>
public sealed class LiveSetting
{
    private readonly Func<LiveSettings, string> _read;
    private readonly Func<LiveSettings, string, LiveSettings?> _write;

    private LiveSetting(string name, string expected, Func<LiveSettings, string> read, Func<LiveSettings, string, LiveSettings?> write)
    {
        Name = name;
        Expected = expected;
        _read = read;
        _write = write;
    }

    /// <summary>The prefix of the name of each loss weight; the name of the head follows.</summary>
    public const string WeightPrefix = "loss_weights.";

    /// <summary>The settings that every run has.</summary>
    public static IReadOnlyList<LiveSetting> Fixed { get; } =
    [
        Number("learning_rate_factor", s => s.LearningRateFactor, (s, v) => s with { LearningRateFactor = v }),
        Count("evaluate_every_steps", 0, 1_000_000_000, s => s.EvaluateEverySteps, (s, v) => s with { EvaluateEverySteps = v }),
        Count("checkpoint_every_steps", 0, 1_000_000_000, s => s.CheckpointEverySteps, (s, v) => s with { CheckpointEverySteps = v }),
        Count("decoders", 0, 1024, s => s.Decoders, (s, v) => s with { Decoders = (int)v }),
        Word("log_level", ["verbose", "debug", "information", "warning", "error"], s => s.LogLevel, (s, v) => s with { LogLevel = v }),
    ];

    /// <summary>Its name in the API, on the command line and in the journal.</summary>
    public string Name { get; }

    /// <summary>A description of its values.</summary>
    public string Expected { get; }

    /// <summary>
    /// Whether it affects what a step computes. Such a change takes effect at its own step again whenever that step is done again.
    /// </summary>
    public bool ChangesNumbers { get; private init; }

    /// <summary>Whether its value is a word and not a number.</summary>
    public bool IsWord { get; private init; }

    /// <summary>
    /// Returns all settings in a run whose method has losses for these heads: the weights follow the factor of the learning rate.
    /// </summary>
    public static IReadOnlyList<LiveSetting> Of(LossWeights losses) => [Fixed[0], .. losses.Heads.Select(WeightOf), .. Fixed.Skip(1)];

    /// <summary>Returns the setting with a name in such a run, or null if there is none.</summary>
    public static LiveSetting? Find(string name, LossWeights losses) => Of(losses).FirstOrDefault(s => s.Name == name);

    /// <summary>Returns the head whose loss a setting weights, or null if it weights none.</summary>
    public static string? HeadOf(string name) =>
        name.StartsWith(WeightPrefix, StringComparison.Ordinal) ? name[WeightPrefix.Length..] : null;

    /// <summary>Returns its value, in a form that reads back exactly.</summary>
    public string Read(LiveSettings settings) => _read(settings);

    /// <summary>Returns the settings with this one changed, or null if the value is not one of its values.</summary>
    public LiveSettings? With(LiveSettings settings, string value) => _write(settings, value);

    private static LiveSetting WeightOf(string head) =>
        Number(WeightPrefix + head, s => s.LossWeights[head], (s, v) => s with { LossWeights = s.LossWeights.With(head, v) });

    private static LiveSetting Number(string name, Func<LiveSettings, double> read, Func<LiveSettings, double, LiveSettings> write) => new(
        name,
        "a number from 0 to 1000",
        settings => read(settings).ToString("R", CultureInfo.InvariantCulture),
        (settings, text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1000
            ? write(settings, value + 0.0) // -0 becomes 0
            : null)
    {
        ChangesNumbers = true,
    };

    private static LiveSetting Count(
        string name, long least, long most, Func<LiveSettings, long> read, Func<LiveSettings, long, LiveSettings> write) => new(
        name,
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
        settings => read(settings).ToString(CultureInfo.InvariantCulture),
        (settings, text) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? write(settings, value)
            : null);

    private static LiveSetting Word(
        string name, string[] words, Func<LiveSettings, string> read, Func<LiveSettings, string, LiveSettings> write)
    {
        LiveSettings? Write(LiveSettings settings, string text) => words.Contains(text) ? write(settings, text) : null;
        return new LiveSetting(name, $"one of {string.Join(", ", words)}", read, Write) { IsWord = true };
    }
}
