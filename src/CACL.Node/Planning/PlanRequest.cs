using CACL.Node.Settings;

namespace CACL.Node.Planning;

/// <summary>A training that is planned: what it is to do, and on what.</summary>
/// <param name="Settings">The settings of the training.</param>
/// <param name="Videos">Number of usable videos.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Cards">Number of cards, or of processes that train on processors.</param>
/// <param name="BatchPerCard">Pairs of a step on each card.</param>
/// <param name="Cores">Processor cores of a machine that decodes.</param>
internal sealed record PlanRequest(RunSettings Settings, int Videos, int Epochs, int Cards, int BatchPerCard, int Cores)
{
    /// <summary>Pairs of a step on all cards together.</summary>
    public int Batch => Cards * BatchPerCard;
}

/// <summary>A figure from which a plan computes.</summary>
/// <param name="Value">The figure, in the unit that its property names.</param>
/// <param name="Origin">Where it comes from, for people.</param>
internal sealed record KnownFigure(double Value, string Origin);

/// <summary>What is known about the machines; null: not known, and so is what follows from it.</summary>
internal sealed record PlanFigures
{
    /// <summary>Seconds of a step on one card, without data and without what cards send each other.</summary>
    public KnownFigure? StepSeconds { get; init; }

    /// <summary>Seconds of processor cores for such a step; known only if steps are computed on them.</summary>
    public KnownFigure? StepProcessorSeconds { get; init; }

    /// <summary>Seconds of one processor core to decode a pair.</summary>
    public KnownFigure? DecodeSeconds { get; init; }

    /// <summary>Mean size of a video's file, bytes.</summary>
    public KnownFigure? VideoBytes { get; init; }

    /// <summary>Bytes a second that a machine's network carries.</summary>
    public KnownFigure? Network { get; init; }

    /// <summary>Bytes a second from one card to the next.</summary>
    public KnownFigure? Link { get; init; }

    /// <summary>Bytes a second that the disk of the checkpoints writes.</summary>
    public KnownFigure? DiskWrite { get; init; }

    /// <summary>Seconds for which a checkpoint's copy stops the training.</summary>
    public KnownFigure? SnapshotSeconds { get; init; }

    /// <summary>Bytes that training takes on a card, or in a process on processors.</summary>
    public KnownFigure? StepMemory { get; init; }

    /// <summary>Bytes of a card's memory.</summary>
    public KnownFigure? CardMemory { get; init; }

    /// <summary>Whether steps are computed on the cores that also decode.</summary>
    public bool SharesCores { get; init; }

    /// <summary>Threads that compute a step on processor cores.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Share of its threads' time that a measured step had the cores; null: it was not measured, or is computed elsewhere.
    /// </summary>
    public double? ShareOfCores =>
        SharesCores && StepSeconds is { } step ? StepProcessorSeconds?.Value / (step.Value * Threads) : null;

    /// <summary>Each known figure with its name and unit, in a fixed order.</summary>
    public IEnumerable<(string Name, string Unit, KnownFigure Known)> All
    {
        get
        {
            (string, string, KnownFigure?)[] all =
            [
                ("step", PlanUnit.Seconds, StepSeconds),
                ("processor time of a step", PlanUnit.Seconds, StepProcessorSeconds),
                ("decoding a pair", PlanUnit.Seconds, DecodeSeconds),
                ("a video's file", PlanUnit.Bytes, VideoBytes),
                ("network of a machine", PlanUnit.BytesASecond, Network),
                ("link between cards", PlanUnit.BytesASecond, Link),
                ("disk of the checkpoints", PlanUnit.BytesASecond, DiskWrite),
                ("copy for a checkpoint", PlanUnit.Seconds, SnapshotSeconds),
                ("memory of a step", PlanUnit.Bytes, StepMemory),
                ("memory of a card", PlanUnit.Bytes, CardMemory),
            ];
            return all.Where(figure => figure.Item3 is not null).Select(figure => (figure.Item1, figure.Item2, figure.Item3!));
        }
    }
}
