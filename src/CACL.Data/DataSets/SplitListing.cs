namespace CACL.Data.DataSets;

/// <summary>What was found of a split without reading a file: its pairs, and its faults.</summary>
/// <param name="Items">Images with their labels, ordered by name (ordinal).</param>
/// <param name="Faults">Missing counterparts, missing folders, unusable lists; empty where the split has no fault.</param>
internal sealed record SplitListing(IReadOnlyList<SegmentationItem> Items, IReadOnlyList<DataSetException> Faults)
{
    /// <summary>Returns the listing of a split of which there is nothing but a fault.</summary>
    public static SplitListing Of(DataSetException fault) => new([], [fault]);

    /// <summary>Returns a listing, or the fault that prevented it.</summary>
    public static SplitListing Guard(Func<SplitListing> list)
    {
        try
        {
            return list();
        }
        catch (DataSetException e)
        {
            return Of(e);
        }
    }

    /// <summary>Pairs images with labels by name; each one without a counterpart is a fault.</summary>
    /// <param name="images">Images by name.</param>
    /// <param name="labels">Labels by name.</param>
    /// <param name="labelOf">Returns where an image's label was looked for.</param>
    /// <param name="imageOf">Returns where a label's image was looked for.</param>
    /// <param name="empty">The fault of a split without images.</param>
    public static SplitListing Pair(
        NamedFiles images, NamedFiles labels, Func<string, string> labelOf, Func<string, string> imageOf, Func<DataSetException> empty)
    {
        if (images.Files.Count == 0) return Of(empty());
        var items = new List<SegmentationItem>();
        var faults = images.Faults.Concat(labels.Faults).ToList();
        foreach (var (name, path) in images.Files)
        {
            if (labels.Files.TryGetValue(name, out var label)) items.Add(new SegmentationItem(name, path, label));
            else faults.Add(new DataSetException(path, $"The image {path} has no label: {labelOf(name)} is missing."));
        }

        foreach (var (name, path) in labels.Files)
        {
            if (!images.Files.ContainsKey(name))
                faults.Add(new DataSetException(path, $"The label {path} has no image: {imageOf(name)} is missing."));
        }

        return new SplitListing(items, faults);
    }
}
