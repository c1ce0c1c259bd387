namespace CACL.Http;

/// <summary>
/// Limits what callers may take up, so that neither many of them nor slow ones keep others out or cost the training memory. No setting
/// changes them: those who watch a training stay far below each.
/// </summary>
public sealed record HttpLimits
{
    /// <summary>Most open connections. A further one is accepted, and the one that has been idle the longest is closed for it.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>
    /// Most streams of <c>/api/events</c> at a time. No stream is closed for another, so there may be far fewer than connections.
    /// </summary>
    public int Streams { get; init; } = 16;

    /// <summary>Most bytes of a request's body.</summary>
    public int BodyBytes { get; init; } = 16 << 10;

    /// <summary>The sentence that the sender of a larger body is told.</summary>
    public string TooLarge => $"The body is larger than {BodyBytes} bytes, the most that is accepted here. Send less.";

    /// <summary>
    /// Most bytes that are received and thrown away of a body that was refused, for seconds at most: many clients read no response before
    /// they have sent everything.
    /// </summary>
    public int DiscardedBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of each buffer of a connection: the system has one a direction, and so has the server.</summary>
    public int BufferBytes { get; init; } = 64 << 10;

    /// <summary>How often an address may send a wrong token at once.</summary>
    public int TokenGuesses { get; init; } = 10;

    /// <summary>How long it takes until an address that sent wrong tokens may send one more.</summary>
    public TimeSpan TokenGuessTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request's headers may take to arrive.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request's body may arrive more slowly than <see cref="BodyRate"/>.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least bytes a second at which a body must arrive.</summary>
    public double BodyRate { get; init; } = 1 << 10;

    /// <summary>How long a connection may be silent between two requests.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection counts as busy while its response is being made; longer than any response takes.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a response may take to be made and read; then its connection is closed. Streams are exempt.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the client of a stream may take to read what was sent; then the stream is closed.</summary>
    public TimeSpan EventTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
