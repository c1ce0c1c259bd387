using System.Globalization;
using CACL.Data.Wording;
using CACL.Learning.Evaluation.Similarity;
using CACL.Learning.Methods;

namespace CACL.Node.Display;

/// <summary>Words which heads of a checkpoint have collapsed.</summary>
internal static class CollapseText
{
    /// <summary>Returns a sentence; null if none has.</summary>
    /// <param name="heads">The spread of each head.</param>
    /// <param name="pictures">Number of pictures in which it was measured.</param>
    public static string? Of(IEnumerable<HeadSpread> heads, int pictures)
    {
        var collapsed = heads.Where(head => Collapse.Is(head.Spread)).ToList();
        if (collapsed.Count == 0) return null;
        var names = collapsed.Select(head => string.Create(CultureInfo.InvariantCulture, $"{head.Head} ({head.Spread:0.0000})"));
        var limit = Collapse.Spread.ToString(CultureInfo.InvariantCulture);
        return $"Of the checkpoint's heads, {string.Join(" and ", names)} {(collapsed.Count == 1 ? "has" : "have")} collapsed: all pixels "
            + "of a picture get nearly the same vector, so that the spread, 1 - the mean cosine of two pixels, is below "
            + $"{limit} over {Counted.Of(pictures, "picture")}. The loss of such a head teaches the backbone nothing about pixels.";
    }
}
