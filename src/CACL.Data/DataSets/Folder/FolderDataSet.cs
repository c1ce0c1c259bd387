namespace CACL.Data.DataSets;

/// <summary>
/// The plain layout (METHOD.md §8): <c>images/SPLIT/NAME.jpg</c> or <c>.png</c>, <c>labels/SPLIT/NAME.png</c>, <c>classes.txt</c>. Folders
/// below a split become part of the name.
/// </summary>
internal sealed class FolderDataSet : FileDataSet
{
    private const string Layout = "images/{train,val,test}/NAME.jpg or .png, labels/{train,val,test}/NAME.png, classes.txt";
    private static readonly string[] AllSplits = ["train", "val", "test"];

    private readonly LabelCodes _codes;

    private FolderDataSet(string root, ClassList classes)
        : base(DataSetKind.Folder, root, classes.Classes)
    {
        ClassList = classes;
        _codes = classes.Codes();
    }

    /// <summary>The content of classes.txt.</summary>
    public ClassList ClassList { get; }

    public override IReadOnlyList<string> KnownSplits =>
        [.. AllSplits.Where(s => Directory.Exists(Images(s)) || Directory.Exists(Labels(s)))];

    public override string? Remark => ClassList.IgnoredBy is { } source
        ? $"The value {string.Join(", ", ClassList.Ignored)} is left out, as {source} define it; classes.txt does not say so, but names "
            + "their classes."
        : null;

    public static FolderDataSet Open(string root)
    {
        var list = Path.Combine(root, "classes.txt");
        foreach (var part in new[] { Path.Combine(root, "images"), Path.Combine(root, "labels"), list })
        {
            if (!Path.Exists(part))
                throw new DataSetException(part, $"{part} is missing. A data set of the kind folder is laid out as {Layout}; {root} holds "
                    + $"{Contents(root)}.");
        }

        return new FolderDataSet(root, ClassList.Read(list));
    }

    public override bool HasSplit(string split) => Directory.Exists(Images(split)) && Directory.Exists(Labels(split));

    public override LabelCodes CodesOf(SegmentationItem item) => _codes;

    public override SplitListing List(string split)
    {
        var (images, labels) = (Images(split), Labels(split));
        foreach (var folder in new[] { images, labels })
        {
            if (!Directory.Exists(folder)) return SplitListing.Of(MissingSplit(split, folder));
        }

        return SplitListing.Guard(() => SplitListing.Pair(
            NamedFiles.Find(images, ImageName),
            NamedFiles.Find(labels, LabelName),
            name => Path.Combine(labels, name + ".png"),
            name => Path.Combine(images, name + ".jpg") + " (or .jpeg, .png)",
            () => Empty(split, images, "NAME.jpg or NAME.png")));
    }

    private static string? ImageName(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG" ? Path.GetFileNameWithoutExtension(file) : null;

    private static string? LabelName(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".PNG" ? Path.GetFileNameWithoutExtension(file) : null;

    private string Images(string split) => Path.Combine(Root, "images", split);

    private string Labels(string split) => Path.Combine(Root, "labels", split);
}
