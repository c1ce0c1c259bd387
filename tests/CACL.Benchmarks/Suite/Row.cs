namespace CACL.Benchmarks.Suite;

/// <summary>What a figure says, and so what a ratio means.</summary>
internal enum FigureKind
{
    /// <summary>So many a second: more is better.</summary>
    Rate,

    /// <summary>A time: less is better.</summary>
    Duration,

    /// <summary>Memory, calls, shares: less is better, and the ratio says how much of the peer's it is.</summary>
    Amount,
}

/// <summary>A row of the table: a figure of this program, and of the peer's where it has one.</summary>
/// <param name="Group">The name of the measurement that it belongs to.</param>
/// <param name="What">What was measured, with its settings.</param>
/// <param name="Unit">Unit of both figures; empty: a number.</param>
/// <param name="Kind">What the figures say.</param>
internal sealed record Row(string Group, string What, string Unit, FigureKind Kind)
{
    /// <summary>This program's figures, one a repetition.</summary>
    public IReadOnlyList<double> Ours { get; init; } = [];

    /// <summary>The peer's figures.</summary>
    public IReadOnlyList<double> Peer { get; init; } = [];

    /// <summary>Why this program's figure or the peer's is missing; null: both are there, or nobody compares.</summary>
    public string? Note { get; init; }

    /// <summary>Whether a program failed; what a machine lacks is no failure.</summary>
    public bool Failed { get; init; }

    /// <summary>Median of <see cref="Ours"/>.</summary>
    public double? OursMedian => Median(Ours);

    /// <summary>Median of <see cref="Peer"/>.</summary>
    public double? PeerMedian => Median(Peer);

    /// <summary>How many times as fast as the peer, or how many times its amount, by the medians.</summary>
    public double? Ratio => (OursMedian, PeerMedian) switch
    {
        ({ } ours, { } peer) when Kind == FigureKind.Duration => ours > 0 ? peer / ours : null,
        ({ } ours, { } peer) => peer > 0 ? ours / peer : null,
        _ => null,
    };

    /// <summary>Returns the median: the mean of the two in the middle where their number is even; null of none.</summary>
    public static double? Median(IReadOnlyCollection<double> numbers)
    {
        if (numbers.Count == 0) return null;
        var ordered = numbers.Order().ToList();
        var middle = ordered.Count / 2;
        return ordered.Count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
