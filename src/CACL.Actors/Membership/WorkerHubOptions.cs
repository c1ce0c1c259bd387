using CACL.Actors.Contracts;
using CACL.Data.Catalog;

namespace CACL.Actors.Membership;

/// <summary>What a training tells its workers.</summary>
public sealed record WorkerHubOptions
{
    /// <summary>The version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>What decodes here, with its versions.</summary>
    public required string Media { get; init; }

    /// <summary>Side of the crops, pixels.</summary>
    public required int CropSize { get; init; }

    /// <summary>Time limit for decoding one pair.</summary>
    public required TimeSpan DecodeTimeout { get; init; }

    /// <summary>Looks up the record of a video.</summary>
    public required IVideoLibrary Library { get; init; }

    /// <summary>The folders that the workers have, too.</summary>
    public required SharedFolders Folders { get; init; }

    /// <summary>Has evaluations made on workers; null: the run evaluates nothing.</summary>
    public IEvaluationOrders? Orders { get; init; }

    /// <summary>How long a worker that leaves may take for the evaluations that it has; then they are made elsewhere.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromMinutes(5);
}
