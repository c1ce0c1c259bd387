using CACL.Data.Wording;

namespace CACL.Data.DataSets;

/// <summary>What all layouts have in common: pairs of files, read in the same way.</summary>
internal abstract class FileDataSet(DataSetKind kind, string root, IReadOnlyList<ClassInfo> classes) : ISegmentationDataSet
{
    public DataSetKind Kind { get; } = kind;

    public string Root { get; } = root;

    public IReadOnlyList<ClassInfo> Classes { get; } = classes;

    public IReadOnlyList<string> Splits => [.. KnownSplits.Where(HasSplit)];

    public virtual string DefaultTrainSplit => "train";

    public virtual string DefaultTestSplit => "val";

    /// <summary>The splits of which anything is on disk, images or labels.</summary>
    public abstract IReadOnlyList<string> KnownSplits { get; }

    /// <summary>Returns whether a split has images and labels.</summary>
    public abstract bool HasSplit(string split);

    /// <summary>Looks up a split's files. Faults are part of the result, not thrown.</summary>
    public abstract SplitListing List(string split);

    /// <summary>Returns what the numbers in an item's label mean.</summary>
    public abstract LabelCodes CodesOf(SegmentationItem item);

    /// <summary>A sentence that users should know about how the data set is read, or null.</summary>
    public virtual string? Remark => null;

    public IReadOnlyList<SegmentationItem> Items(string split)
    {
        var listing = List(split);
        if (listing.Faults.Count == 0) return listing.Items;
        var first = listing.Faults[0];
        if (listing.Faults.Count == 1) throw first;
        throw new DataSetException(
            first.Path,
            $"{first.Message} It is the first of {listing.Faults.Count:N0} faults of the split {split}; all of them: "
                + $"{CommandLines.CheckDataSet} --dataset {SegmentationDataSets.Word(Kind)} --data {Root} --all",
            first);
    }

    public RgbImage ReadImage(SegmentationItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return RgbImage.Read(item.ImagePath);
    }

    public LabelMap ReadLabels(SegmentationItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return CodesOf(item).Map(LabelFile.Read(item.LabelPath), item.LabelPath);
    }

    public (RgbImage Image, LabelMap Labels) ReadPair(SegmentationItem item)
    {
        var (image, labels) = (ReadImage(item), ReadLabels(item));
        return SizeFault(item, image, labels) is { } fault ? throw fault : (image, labels);
    }

    /// <summary>Returns the fault of a label whose size is not its image's, or null.</summary>
    public static DataSetException? SizeFault(SegmentationItem item, RgbImage image, LabelMap labels)
    {
        if ((image.Width, image.Height) == (labels.Width, labels.Height)) return null;
        var turned = (image.Width, image.Height) == (labels.Height, labels.Width)
            ? " Perhaps the image is turned by an EXIF entry, and the label was made for the image as it is stored."
            : "";
        return new DataSetException(
            item.LabelPath,
            $"The label {item.LabelPath} has {labels.Width}×{labels.Height} pixels, its image {item.ImagePath} "
                + $"{image.Width}×{image.Height}; they have to be the same size.{turned}");
    }

    /// <summary>Lists what a folder contains, for a message that says what was found instead of what was expected.</summary>
    protected static string Contents(string folder)
    {
        const int most = 8;
        var names = Directory.EnumerateFileSystemEntries(folder)
            .Take(1000)
            .Select(e => Path.GetFileName(e) + (Directory.Exists(e) ? "/" : ""))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (names.Count == 0) return "nothing";
        return string.Join(", ", names.Take(most)) + (names.Count > most ? ", …" : "");
    }

    /// <summary>Returns the fault of a split without a single image.</summary>
    protected DataSetException Empty(string split, string folder, string expected) =>
        new(folder, $"The split {split} of {Root} is empty: {folder} holds no image {expected}, but {Contents(folder)}.");

    /// <summary>Returns the fault of a split of which a part is missing.</summary>
    protected DataSetException MissingSplit(string split, string missing) =>
        new(missing, $"The split {split} of {Root} cannot be used: {missing} is missing. Splits that can: "
            + $"{(Splits.Count == 0 ? "none" : string.Join(", ", Splits))}.");
}
