namespace CACL.Data.DataSets;

/// <summary>An image and its label, not yet read.</summary>
/// <param name="Name">Unique within a split, '/'-separated, without extension.</param>
/// <param name="ImagePath">The image's file.</param>
/// <param name="LabelPath">The label's file.</param>
public sealed record SegmentationItem(string Name, string ImagePath, string LabelPath);
