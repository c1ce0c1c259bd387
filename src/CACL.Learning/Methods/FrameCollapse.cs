using CACL.Data.Wording;

namespace CACL.Learning.Methods;

/// <summary>What it means that a method of whole frames gives all of them nearly the same vector, and what helps.</summary>
internal static class FrameCollapse
{
    /// <summary>Returns the advice for a head whose frames repel each other.</summary>
    public static CollapseAdvice OfContrast(string head) => new(
        head,
        "the loss tells no frames apart",
        $"a lower {SettingNames.LearningRate}, a longer {SettingNames.WarmupEpochs} or a larger {SettingNames.BatchSize}");

    /// <summary>Returns the advice for a head whose frames nothing repels, which a target that follows slowly must keep apart.</summary>
    public static CollapseAdvice OfPrediction(string head) => new(
        head,
        "what is to be predicted is nearly the same for every frame: the loss is small and teaches nothing",
        $"a {SettingNames.EmaWeight} nearer 1, a lower {SettingNames.LearningRate} or a larger {SettingNames.BatchSize}");
}
