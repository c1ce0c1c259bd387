namespace CACL.Data.DataSets.Checking;

/// <summary>What a check of a data set found.</summary>
/// <param name="Kind">Its layout.</param>
/// <param name="Root">Its folder, absolute.</param>
/// <param name="Classes">Its classes.</param>
/// <param name="Splits">A report for each split of which anything is on disk.</param>
/// <param name="Faults">Everything that would make an evaluation fail, ordered by split and file.</param>
/// <param name="Notes">What is not a fault but good to know, as sentences.</param>
/// <param name="Seconds">How long the check took.</param>
public sealed record DataSetReport(
    DataSetKind Kind,
    string Root,
    IReadOnlyList<ClassInfo> Classes,
    IReadOnlyList<SplitReport> Splits,
    IReadOnlyList<DataSetFault> Faults,
    IReadOnlyList<string> Notes,
    double Seconds);

/// <summary>What a check found in a split; only pairs without a fault are counted.</summary>
/// <param name="Split">Its name.</param>
/// <param name="Pairs">Images that can be read together with a label of the same size.</param>
/// <param name="Faults">Number of faults.</param>
/// <param name="Sha256">The split's hash (<see cref="DataSetHash"/>), or null where a fault prevents it.</param>
/// <param name="Sizes">Sizes of its images, most frequent first.</param>
/// <param name="Pixels">Pixels of all labels.</param>
/// <param name="LeftOutPixels">Those of them that are ignored.</param>
/// <param name="Classes">A count for each class, in the classes' order.</param>
public sealed record SplitReport(
    string Split,
    int Pairs,
    int Faults,
    string? Sha256,
    IReadOnlyList<SizeCount> Sizes,
    long Pixels,
    long LeftOutPixels,
    IReadOnlyList<ClassCount> Classes);

/// <summary>How many images have a given size.</summary>
public sealed record SizeCount(int Width, int Height, int Images);

/// <summary>How often a class occurs in a split.</summary>
/// <param name="Pixels">Pixels labelled with the class.</param>
/// <param name="Images">Images that contain such a pixel.</param>
public sealed record ClassCount(long Pixels, int Images);

/// <summary>Something that would make an evaluation fail.</summary>
/// <param name="Split">The split in which it is.</param>
/// <param name="Path">The file or folder at fault.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record DataSetFault(string Split, string Path, string Message);

/// <summary>Progress of a check.</summary>
/// <param name="Done">Pairs read.</param>
/// <param name="Total">Pairs to be read.</param>
/// <param name="Faults">Faults found so far.</param>
public readonly record struct DataSetCheckProgress(int Done, int Total, int Faults);
