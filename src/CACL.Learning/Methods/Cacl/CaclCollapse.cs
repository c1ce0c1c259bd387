using CACL.Data.Wording;

namespace CACL.Learning.Methods.Cacl;

/// <summary>What the collapse of each of CACL's heads means, and what has been found to act against it (METHOD.md §5).</summary>
internal static class CaclCollapse
{
    /// <summary>With this temperature no hard cycle has been seen to collapse, and pixels found back best.</summary>
    private const double Low = 0.02;

    /// <summary>Returns the advice for the heads that are on.</summary>
    public static IReadOnlyList<CollapseAdvice> Advice(CaclOptions options) =>
    [
        .. CaclHeads.Each(options.Heads).Select(
            head => new CollapseAdvice(CaclHeads.NameOf(head), Meaning(head, options), Remedy(head, options))),
        // Of the heads, it alone is there to tell frames apart.
        .. options.Heads.HasFlag(Heads.Global) ? [FrameCollapse.OfQueue(CaclHeads.NameOf(Heads.Global))] : Array.Empty<CollapseAdvice>(),
    ];

    private static string Meaning(Heads head, CaclOptions options) => head switch
    {
        Heads.Global when Followers(options) is { Length: > 0 } followers =>
            $"what follows the global head's pixels says nothing any more: {followers}",
        Heads.Global => "the global head tells frames apart at most, and no pixels",
        Heads.Pixel => "the pixel loss tells frames apart at most: it is a second global loss",
        _ => "the cycle loss teaches nothing about single pixels, and a collapsed cycle has not been seen to come back",
    };

    private static string Followers(CaclOptions options)
    {
        List<string> all = [];
        if (options.Heads.HasFlag(Heads.Pixel) && options.MatchesByGlobalHead) all.Add("the pixels' positives");
        if (options.Heads.HasFlag(Heads.Cycle) && options.UsesSoftCycle) all.Add("the cycle's target");
        return string.Join(" and ", all);
    }

    private static string Remedy(Heads head, CaclOptions options)
    {
        var larger = $"larger crops ({SettingNames.CropSize})";
        var slower = $"a lower {SettingNames.LearningRate}";
        // The queues begin with random rows, which pull all vectors together for as long as they are the negatives.
        var warmUp = $"a warm-up ({SettingNames.WarmupEpochs})";
        List<string> all = [];
        switch (head)
        {
            case Heads.Global:
                if (options.Heads.HasFlag(Heads.Pixel) && options.MatchesByGlobalHead) all.Add($"{SettingNames.Positives} = same-position");
                if (options.Heads.HasFlag(Heads.Cycle) && options.UsesSoftCycle) all.Add($"{SettingNames.CycleTarget} = hard");
                all.AddRange([warmUp, larger, slower]);
                break;
            case Heads.Pixel:
                if (options.MatchesByGlobalHead) all.Add($"{SettingNames.Positives} = same-position");
                all.AddRange([warmUp, larger, slower]);
                break;
            default:
                // In this order: what has been seen to help most comes first.
                if (options.Target != CycleTarget.Hard) all.Add($"{SettingNames.CycleTarget} = hard");
                if (options.Temperature > Low) all.Add(FormattableString.Invariant($"{SettingNames.Temperature} = {Low}"));
                all.AddRange([warmUp, larger, $"{SettingNames.Heads} without cycle"]);
                break;
        }

        return string.Join(", ", all.SkipLast(1)) + $" or {all[^1]}";
    }
}
