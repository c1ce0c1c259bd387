namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Where the features of the frozen backbone are kept between epochs.</summary>
public enum FeatureStorage
{
    /// <summary>In memory up to its limit, the rest on disk; what does not fit there is computed again each time.</summary>
    Auto,

    /// <summary>In memory; what does not fit is computed again each time.</summary>
    Memory,

    /// <summary>On disk; what does not fit is computed again each time.</summary>
    Disk,
}

/// <summary>How frozen features are kept.</summary>
public sealed record FeatureOptions
{
    /// <summary>Where they are kept.</summary>
    public FeatureStorage Storage { get; init; }

    /// <summary>Most bytes of features and labels in memory, or on the device.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>Most bytes on disk.</summary>
    public long DiskBytes { get; init; } = 64L << 30;

    /// <summary>Folder of the file; empty: the system's folder for temporary files.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Whether features are kept in half precision; they are computed and used in single precision.</summary>
    public bool Half { get; init; }
}
