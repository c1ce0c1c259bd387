namespace CACL.Node.Http;

/// <summary>
/// What callers may take up, so that no number of them and no slowness of any keeps the others out or costs the training memory. These
/// are no settings: those who watch a training stay far below each of them.
/// </summary>
internal sealed record HttpLimits
{
    /// <summary>Open connections. One more is let in all the same, and the one that has been idle the longest is closed for it.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Streams of <c>/api/events</c> at a time. None is closed for others, so they are far fewer than the connections.</summary>
    public int Streams { get; init; } = 16;

    /// <summary>Bytes of a request's body, at most.</summary>
    public int BodyBytes { get; init; } = 16 << 10;

    /// <summary>What the sender of a larger one is told.</summary>
    public string TooLarge => $"The body is larger than {BodyBytes} bytes, the most that is accepted here. Send less.";

    /// <summary>
    /// Bytes of a refused request's body that are received and thrown away, for seconds at most: many clients do not look for an answer
    /// before they have sent everything.
    /// </summary>
    public int DiscardedBytes { get; init; } = 16 << 20;

    /// <summary>Bytes that wait on either side of a connection for whoever reads slowly, in the system and again in the server.</summary>
    public int WaitingBytes { get; init; } = 64 << 10;

    /// <summary>Time in which a request's headers must have arrived.</summary>
    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a request's body must have arrived, or go on arriving at <see cref="BodyRate"/>.</summary>
    public TimeSpan Body { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Slowest body, in bytes a second.</summary>
    public double BodyRate { get; init; } = 1 << 10;

    /// <summary>Time between two requests of a connection.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time after which a connection counts as idle though its answer is still being made: longer than any takes.</summary>
    public TimeSpan Answering { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time in which an answer must have been made and taken; then its connection is closed. Not for streams.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time in which whoever listens to a stream must have taken what was sent; then the stream is closed.</summary>
    public TimeSpan Event { get; init; } = TimeSpan.FromSeconds(10);
}
