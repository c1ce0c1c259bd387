namespace CACL.Data.DataSets;

/// <summary>What was found of a split without reading a file: its pairs, and what is wrong with it.</summary>
/// <param name="Items">Images with their labels, ordered by name (ordinal).</param>
/// <param name="Faults">Each a missing half, a missing folder, an unusable list; empty where the split is sound.</param>
internal sealed record SplitListing(IReadOnlyList<SegmentationItem> Items, IReadOnlyList<DataSetException> Faults)
{
    /// <summary>A split of which there is nothing but a fault.</summary>
    public static SplitListing Of(DataSetException fault) => new([], [fault]);

    /// <summary>A listing, or the fault that kept it from being made.</summary>
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

    /// <summary>Pairs images with labels by name; each that has no other half is a fault.</summary>
    /// <param name="images">Images by name.</param>
    /// <param name="labels">Labels by name.</param>
    /// <param name="labelOf">Where an image's label was looked for.</param>
    /// <param name="imageOf">Where a label's image was looked for.</param>
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
