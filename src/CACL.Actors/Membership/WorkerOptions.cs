using CACL.Actors.Contracts;
using CACL.Actors.Evaluators;
using CACL.Data.Catalog;
using CACL.Data.Decoding;

namespace CACL.Actors.Membership;

/// <summary>What a worker is and has: it either decodes or evaluates.</summary>
public sealed record WorkerOptions
{
    /// <summary>Its name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The trainer's host, as the trainer itself names it.</summary>
    public required string TrainerHost { get; init; }

    /// <summary>The trainer's port.</summary>
    public required int TrainerPort { get; init; }

    /// <summary>The version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>What it decodes with; null: it evaluates.</summary>
    public DecoderOffer? Decoders { get; init; }

    /// <summary>What it evaluates with; null: it decodes.</summary>
    public EvaluatorOffer? Evaluator { get; init; }

    /// <summary>How long a worker without a trainer stays in a cluster, before it leaves and joins anew.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>What a worker decodes with.</summary>
public sealed record DecoderOffer
{
    /// <summary>What decodes here, with its versions.</summary>
    public required string Media { get; init; }

    /// <summary>Number of decoders.</summary>
    public required int Count { get; init; }

    /// <summary>Creates the decoder of one decoder actor, on its thread.</summary>
    public required Func<IPairDecoder> Create { get; init; }

    /// <summary>Where the files are.</summary>
    public required SharedFolders Folders { get; init; }

    /// <summary>Maximum number of decoder restarts within <see cref="RestartWindow"/> before the worker ends.</summary>
    public int MaxRestarts { get; init; } = 20;

    /// <summary>Length of the window.</summary>
    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Back-off before a crashed decoder is replaced.</summary>
    public BackOff BackOff { get; init; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
}

/// <summary>How a worker's membership ended.</summary>
/// <param name="Why">A sentence for people; null: it lost its trainer, and is to join anew.</param>
/// <param name="IsFault">Whether something is wrong that only people can mend.</param>
public sealed record WorkerEnd(string? Why, bool IsFault = false)
{
    /// <summary>Whether its trainer was there until then.</summary>
    public bool WasLinked { get; init; }
}
