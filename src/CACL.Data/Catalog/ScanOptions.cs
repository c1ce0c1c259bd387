namespace CACL.Data.Catalog;

/// <summary>How a scan works.</summary>
public sealed record ScanOptions
{
    /// <summary>Files read at a time, each by a prober of its own.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How long one file may take.</summary>
    public TimeSpan FileDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer a prober that does not keep its deadline is waited for before it is left behind.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows written in one transaction: what a kill may lose.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Also writes what there is after this time, so that slow scans lose little too.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Reads unchanged files again too.</summary>
    public bool ReadAll { get; init; }
}

/// <summary>How far a scan is. Numbers only grow.</summary>
/// <param name="Found">Files met so far.</param>
/// <param name="FoundAll">Whether <paramref name="Found"/> is final.</param>
/// <param name="Unchanged">Files that were not read again.</param>
/// <param name="Read">Files read.</param>
/// <param name="Usable">Usable among all files settled so far.</param>
/// <param name="Unusable">Unusable among all files settled so far.</param>
public sealed record ScanProgress(int Found, bool FoundAll, int Unchanged, int Read, int Usable, int Unusable);

/// <summary>A file or folder and what is wrong with it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Message">A sentence.</param>
public sealed record ScanProblem(string Path, string Message);

/// <summary>Unusable files of one reason.</summary>
/// <param name="Count">How many.</param>
/// <param name="Examples">The first few.</param>
public sealed record UnusableFiles(int Count, IReadOnlyList<ScanProblem> Examples);

/// <summary>What a scan found.</summary>
/// <param name="Found">Files under the roots that look like videos or stills.</param>
/// <param name="Unchanged">Of these, not read again.</param>
/// <param name="Read">Of these, read.</param>
/// <param name="Usable">Of these, usable (now, whether read again or not).</param>
/// <param name="Unusable">The rest of them, by reason.</param>
/// <param name="Vanished">Rows whose files are gone since an earlier scan.</param>
/// <param name="Missing">Files that a list names and that do not exist; the first few.</param>
/// <param name="MissingCount">How many these are.</param>
/// <param name="UnreadableFolders">Sub-folders that could not be listed. What the catalogue holds below them stays as it is.</param>
/// <param name="OtherFiles">Files left alone because of their extension.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ScanReport(
    int Found,
    int Unchanged,
    int Read,
    int Usable,
    IReadOnlyDictionary<UnusableReason, UnusableFiles> Unusable,
    int Vanished,
    IReadOnlyList<ScanProblem> Missing,
    int MissingCount,
    IReadOnlyList<ScanProblem> UnreadableFolders,
    int OtherFiles,
    double Seconds);
