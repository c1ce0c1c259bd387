namespace CACL.Data.DataSets;

/// <summary>PASCAL VOC's 21 classes in their official order, in the colours of its own palette.</summary>
internal static class VocClasses
{
    private static readonly string[] Names =
    [
        "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
        "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    /// <summary>The classes; a label's number is an index into them.</summary>
    public static IReadOnlyList<ClassInfo> All { get; } =
        [.. Names.Select((name, number) => StandardColours.ClassOf(name, number))];

    /// <summary>What the numbers mean: classes, and 255 around objects and on difficult ones, which is ignored.</summary>
    public static LabelCodes Codes { get; } = new(
        value => value < Names.Length ? value : value == LabelMap.Ignored ? LabelMap.Ignored : null,
        $"PASCAL VOC's labels hold the classes 0 to {Names.Length - 1}, and 255 for pixels left out. A label that was turned into shades "
            + "of grey holds others: take the original palette PNG.");
}
