namespace CACL.Data.DataSets;

/// <summary>
/// PASCAL VOC as it is published (METHOD.md §8): <c>JPEGImages</c>, <c>SegmentationClass</c> and, with the extra labels of Hariharan et
/// al., <c>SegmentationClassAug</c>; the splits are lists in <c>ImageSets/Segmentation</c>. The root may be the folder that contains these,
/// or one above it (<c>VOCdevkit</c>).
/// </summary>
internal sealed class VocDataSet : FileDataSet
{
    private const string AugmentedSplit = "trainaug";
    private static readonly string[] UsualSplits = ["train", AugmentedSplit, "val"];

    private readonly string _folder;

    private VocDataSet(string root, string folder)
        : base(DataSetKind.Voc, root, VocClasses.All) => _folder = folder;

    public override IReadOnlyList<string> KnownSplits => [.. UsualSplits.Where(s => File.Exists(ListOf(s)))];

    public override string DefaultTrainSplit => HasSplit(AugmentedSplit) ? AugmentedSplit : "train";

    public static VocDataSet Open(string root)
    {
        string[] places = [root, Path.Combine(root, "VOC2012"), Path.Combine(root, "VOCdevkit", "VOC2012")];
        if (places.FirstOrDefault(place => Directory.Exists(Path.Combine(place, "JPEGImages"))) is { } folder)
            return new VocDataSet(root, folder);
        throw new DataSetException(
            root,
            $"{root} is not a PASCAL VOC data set: there is no folder JPEGImages in it, in VOC2012 or in VOCdevkit/VOC2012. Expected are "
                + $"JPEGImages, SegmentationClass and ImageSets/Segmentation in one folder; {root} holds {Contents(root)}.");
    }

    public override bool HasSplit(string split) => File.Exists(ListOf(split)) && Directory.Exists(LabelsOf(split));

    public override LabelCodes CodesOf(SegmentationItem item) => VocClasses.Codes;

    public override SplitListing List(string split)
    {
        var (list, labels) = (ListOf(split), LabelsOf(split));
        if (!File.Exists(list)) return SplitListing.Of(MissingSplit(split, list));
        if (!Directory.Exists(labels)) return SplitListing.Of(MissingSplit(split, labels));
        return SplitListing.Guard(() => ListNamed(split, VocList.Read(list), labels));
    }

    private SplitListing ListNamed(string split, VocList list, string labels)
    {
        var faults = list.Faults.ToList();
        var items = new List<SegmentationItem>();
        foreach (var (name, line) in list.Names)
        {
            var item = new SegmentationItem(name, Path.Combine(_folder, "JPEGImages", name + ".jpg"), Path.Combine(labels, name + ".png"));
            var missing = new[] { item.ImagePath, item.LabelPath }.Where(path => !File.Exists(path)).ToList();
            foreach (var path in missing)
                faults.Add(new DataSetException(path, $"{path} is missing; line {line} of {list.Path} names {name}."));
            if (missing.Count == 0) items.Add(item);
        }

        if (items.Count == 0 && faults.Count == 0)
            faults.Add(new DataSetException(list.Path, $"The split {split} of {Root} is empty: {list.Path} names no image."));
        return new SplitListing(items, faults);
    }

    private string ListOf(string split) => Path.Combine(_folder, "ImageSets", "Segmentation", split + ".txt");

    private string LabelsOf(string split)
    {
        var (plain, augmented) = (Path.Combine(_folder, "SegmentationClass"), Path.Combine(_folder, "SegmentationClassAug"));
        // A split takes its labels from one folder, and never from another what is missing there: a missing label must be noticed.
        return split == AugmentedSplit || (!Directory.Exists(plain) && Directory.Exists(augmented)) ? augmented : plain;
    }
}
