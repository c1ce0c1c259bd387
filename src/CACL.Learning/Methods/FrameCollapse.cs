using CACL.Data.Wording;

namespace CACL.Learning.Methods;

/// <summary>What it means that a head gives all frames nearly the same vector, and what helps.</summary>
internal static class FrameCollapse
{
    private const string NoneApart = "the loss tells no frames apart";

    private static readonly string Gently = $"a lower {SettingNames.LearningRate}, a longer {SettingNames.WarmupEpochs}";

    /// <summary>Returns the advice for a head whose frames repel each other.</summary>
    public static CollapseAdvice OfContrast(string head) => Of(head, NoneApart, $"{Gently} or a larger {SettingNames.BatchSize}");

    /// <summary>Returns the advice for a head whose frames a queue's rows repel, which their age alone may tell apart.</summary>
    public static CollapseAdvice OfQueue(string head) => Of(
        head, $"{NoneApart}, or only a queue's rows by their age", $"a {SettingNames.EmaWeight} nearer 1, {Gently} or a shorter queue");

    /// <summary>Returns the advice for a head whose frames nothing repels, which a target that follows slowly must keep apart.</summary>
    public static CollapseAdvice OfPrediction(string head) => Of(
        head,
        "what is to be predicted is nearly the same for every frame: the loss is small and teaches nothing",
        $"a {SettingNames.EmaWeight} nearer 1, a lower {SettingNames.LearningRate} or a larger {SettingNames.BatchSize}");

    private static CollapseAdvice Of(string head, string meaning, string remedy) =>
        new(head, meaning, remedy) { By = MetricKind.FrameSpread };
}
