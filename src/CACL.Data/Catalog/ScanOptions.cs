namespace CACL.Data.Catalog;

/// <summary>How a scan works.</summary>
public sealed record ScanOptions
{
    /// <summary>Files read at the same time, each by a prober of its own.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How long one file may take.</summary>
    public TimeSpan FileDeadline { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How much longer to wait for a prober that missed its deadline before it is abandoned.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows written in one transaction, which is as many as a kill may lose.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Also writes the rows that there are after this time, so that slow scans lose little, too.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether unchanged files are read again, too.</summary>
    public bool ReadAll { get; init; }

    /// <summary>The share to scan, into a catalogue of its own; null: everything.</summary>
    public ScanShard? Shard { get; init; }
}

/// <summary>Progress of a scan. The numbers only grow.</summary>
/// <param name="Found">Files found so far.</param>
/// <param name="FoundAll">Whether <paramref name="Found"/> is final.</param>
/// <param name="Unchanged">Files that were not read again.</param>
/// <param name="Read">Files read.</param>
/// <param name="Usable">Usable among all files settled so far.</param>
/// <param name="Unusable">Unusable among all files settled so far.</param>
public sealed record ScanProgress(int Found, bool FoundAll, int Unchanged, int Read, int Usable, int Unusable);

/// <summary>A file or folder, and what is wrong with it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Message">A sentence.</param>
public sealed record ScanProblem(string Path, string Message);

/// <summary>The files that are unusable for one reason.</summary>
/// <param name="Count">How many.</param>
/// <param name="Examples">The first few.</param>
public sealed record UnusableFiles(int Count, IReadOnlyList<ScanProblem> Examples);

/// <summary>What a scan found.</summary>
/// <param name="Found">Files under the roots that look like videos or stills.</param>
/// <param name="Unchanged">Those of them that were not read again.</param>
/// <param name="Read">Those of them that were read.</param>
/// <param name="Usable">Those of them that are usable now, whether read again or not.</param>
/// <param name="Unusable">The others, by reason.</param>
/// <param name="Vanished">Rows whose files have disappeared since an earlier scan.</param>
/// <param name="Missing">The first few of the files that a list names and that do not exist.</param>
/// <param name="MissingCount">How many such files there are.</param>
/// <param name="UnreadableFolders">Subfolders that could not be listed. What the catalogue holds below them stays as it is.</param>
/// <param name="OtherFiles">Files ignored because of their extension.</param>
/// <param name="Seconds">How long the scan took.</param>
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
    double Seconds)
{
    /// <summary>How many of the files found are still images by their names.</summary>
    public int Stills { get; init; }

    /// <summary>How many files were left to the other shares of a divided scan.</summary>
    public int OfOtherShards { get; init; }
}
