namespace CACL.Data.Preparation;

/// <summary>How a collection is prepared.</summary>
public sealed record PreparationOptions
{
    /// <summary>How prepared files are made.</summary>
    public PreparationFormat Format { get; init; } = new();

    /// <summary>Files made at the same time, each by a process of one thread.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>How long probing one prepared file may take.</summary>
    public TimeSpan ProbeDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Files of which a beginning is made for the estimate, at least; more where more are made at the same time.</summary>
    public int SampledFiles { get; init; } = 8;

    /// <summary>Frames of such a beginning.</summary>
    public int SampledFrames { get; init; } = 100;

    /// <summary>Prepared files noted in the catalogue in one transaction.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Notes the files that there are after this time, too.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Returns the bytes that may still be written below a folder.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;
}

/// <summary>What is to be done, and what it costs according to a small sample.</summary>
/// <param name="Videos">Usable videos named.</param>
/// <param name="Ready">Those of them whose prepared files are there and up to date.</param>
/// <param name="Sampled">Files of which a beginning was made; 0: nothing is to be done, or none could be made.</param>
/// <param name="Bytes">Space that the missing files will take.</param>
/// <param name="Time">How long making them will take.</param>
/// <param name="FreeBytes">Space that is left.</param>
public sealed record PreparationEstimate(int Videos, int Ready, int Sampled, long Bytes, TimeSpan Time, long FreeBytes)
{
    /// <summary>Files still to be made.</summary>
    public int Missing => Videos - Ready;
}

/// <summary>Progress of a preparation. The numbers only grow.</summary>
/// <param name="Total">Files to be made.</param>
/// <param name="Made">Those made, or found to be up to date after all.</param>
/// <param name="Failed">Those that could not be made.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Share">Share of the work that is done, 0 to 1: long videos and large pictures count for more.</param>
public sealed record PreparationProgress(int Total, int Made, int Failed, long Bytes, double Share);

/// <summary>A video that could not be prepared.</summary>
/// <param name="Path">Absolute path of the source.</param>
/// <param name="Reason">The kind of fault.</param>
/// <param name="Message">A sentence that says why.</param>
public sealed record UnpreparedVideo(string Path, Catalog.UnusableReason Reason, string Message);

/// <summary>What a preparation did.</summary>
/// <param name="Videos">Usable videos named.</param>
/// <param name="Ready">Those whose prepared files were there before.</param>
/// <param name="Made">Those made now.</param>
/// <param name="Bytes">Bytes of the files made now.</param>
/// <param name="Failed">The others, by path.</param>
/// <param name="Seconds">How long making them took.</param>
public sealed record PreparationReport(
    int Videos, int Ready, int Made, long Bytes, IReadOnlyList<UnpreparedVideo> Failed, double Seconds);
