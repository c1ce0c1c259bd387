namespace CACL.Data.DataSets;

/// <summary>
/// Cityscapes as it is published (METHOD.md §8): <c>leftImg8bit/SPLIT/CITY/NAME_leftImg8bit.png</c> and
/// <c>gtFine/SPLIT/CITY/NAME_gtFine_labelIds.png</c>, or <c>_labelTrainIds.png</c> where that is missing. Both folders may lie in those
/// into which the archives are often unpacked (<c>leftImg8bit_trainvaltest</c>, <c>gtFine_trainvaltest</c>).
/// </summary>
internal sealed class CityscapesDataSet : FileDataSet
{
    private const string ImageEnd = "_leftImg8bit.png";
    private const string IdsEnd = "_gtFine_labelIds.png";
    private const string TrainIdsEnd = "_gtFine_labelTrainIds.png";
    private static readonly string[] AllSplits = ["train", "val", "test"];

    private readonly string _images;
    private readonly string _labels;

    private CityscapesDataSet(string root, string images, string labels)
        : base(DataSetKind.Cityscapes, root, CityscapesClasses.All) => (_images, _labels) = (images, labels);

    public override IReadOnlyList<string> KnownSplits =>
        [.. AllSplits.Where(s => Directory.Exists(Path.Combine(_images, s)) || Directory.Exists(Path.Combine(_labels, s)))];

    public static CityscapesDataSet Open(string root) => new(root, Part(root, "leftImg8bit"), Part(root, "gtFine"));

    public override bool HasSplit(string split) =>
        Directory.Exists(Path.Combine(_images, split)) && Directory.Exists(Path.Combine(_labels, split));

    public override LabelCodes CodesOf(SegmentationItem item) =>
        item.LabelPath.EndsWith(TrainIdsEnd, StringComparison.Ordinal) ? CityscapesClasses.TrainIds : CityscapesClasses.LabelIds;

    public override SplitListing List(string split)
    {
        var (images, labels) = (Path.Combine(_images, split), Path.Combine(_labels, split));
        foreach (var folder in new[] { images, labels })
        {
            if (!Directory.Exists(folder)) return SplitListing.Of(MissingSplit(split, folder));
        }

        return SplitListing.Guard(() => SplitListing.Pair(
            NamedFiles.Find(images, file => Without(ImageEnd, file)),
            NamedFiles.Find(labels, file => Without(IdsEnd, file)).OrElse(NamedFiles.Find(labels, file => Without(TrainIdsEnd, file))),
            name => Path.Combine(labels, name + IdsEnd) + " (or _labelTrainIds.png)",
            name => Path.Combine(images, name + ImageEnd),
            () => Empty(split, images, $"CITY/NAME{ImageEnd}")));
    }

    private static string? Without(string end, string file) => file.EndsWith(end, StringComparison.Ordinal) ? file[..^end.Length] : null;

    private static string Part(string root, string name)
    {
        string[] places = [
            Path.Combine(root, name), Path.Combine(root, name, name), Path.Combine(root, name + "_trainvaltest", name),
            Path.Combine(root, name + "_trainvaltest")];
        if (places.FirstOrDefault(place => AllSplits.Any(s => Directory.Exists(Path.Combine(place, s)))) is { } found) return found;
        var above = Path.GetFileName(root).StartsWith(name, StringComparison.Ordinal) ? " Name the folder above it." : "";
        throw new DataSetException(
            places[0],
            $"{places[0]} is missing, or holds neither train nor val. Cityscapes is laid out as "
                + $"leftImg8bit/{{train,val}}/CITY/NAME{ImageEnd} and gtFine/{{train,val}}/CITY/NAME{IdsEnd}; {root} holds "
                + $"{Contents(root)}.{above}");
    }
}
