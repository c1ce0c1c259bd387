namespace CACL.Node.Http;

/// <summary>
/// What callers may take up, so that no number of them and no slowness of any keeps the others out or costs the training memory. These
/// are no settings: those who watch a training stay far below each of them.
/// </summary>
internal sealed record HttpLimits
{
    /// <summary>Bytes of a request's body, at most.</summary>
    public int BodyBytes { get; init; } = 16 << 10;

    /// <summary>What the sender of a larger one is told.</summary>
    public string TooLarge => $"The body is larger than {BodyBytes} bytes, the most that is taken here. Send less.";

    /// <summary>
    /// Bytes of a refused request's body that are received and thrown away, for seconds at most: many clients do not look for an answer
    /// before they have sent everything.
    /// </summary>
    public int DiscardedBytes { get; init; } = 16 << 20;

    /// <summary>Time after which a request's body must have arrived, or go on arriving at <see cref="BodyRate"/>.</summary>
    public TimeSpan Body { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Slowest body, in bytes a second.</summary>
    public double BodyRate { get; init; } = 1 << 10;
}
