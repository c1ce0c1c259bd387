namespace CACL.Actors.Contracts;

/// <summary>
/// Messages between a training and the workers on other machines that decode or evaluate for it. Plans and pairs, and checkpoints and
/// results, go over a connection of their own.
/// </summary>
internal static class WorkerProtocol
{
    /// <summary>
    /// Offers decoders or evaluations to the training, which answers with <see cref="Accepted"/> or <see cref="Refused"/>. It is sent again
    /// until it is answered.
    /// </summary>
    /// <param name="Name">The worker's name, for people.</param>
    /// <param name="Version">The version of its program.</param>
    /// <param name="Media">What decodes there, with its versions.</param>
    /// <param name="Decoders">Number of its decoders.</param>
    /// <param name="Attempt">Number of the connection that it is for: the same offer again changes nothing, a later one means that the
    /// connection before it is lost.</param>
    internal sealed record Offer(string Name, string Version, string Media, int Decoders, int Attempt) : IRunMessage
    {
        /// <summary>How many evaluations the worker makes at once; 0: it decodes.</summary>
        public int Evaluations { get; init; }
    }

    /// <summary>Accepts an offer: the worker is to connect.</summary>
    /// <param name="Ticket">Shows, on the connection, to which offer it belongs.</param>
    /// <param name="Port">The training's port for such connections.</param>
    /// <param name="CropSize">Side of the crops, pixels.</param>
    /// <param name="DecodeTimeout">Time limit for decoding one pair.</param>
    internal sealed record Accepted(string Ticket, int Port, int CropSize, TimeSpan DecodeTimeout) : IRunMessage;

    /// <summary>Turns an offer down for good: the worker would decode other bytes, or measure otherwise.</summary>
    /// <param name="Why">A sentence with the remedy.</param>
    internal sealed record Refused(string Why) : IRunMessage;
}

/// <summary>Messages between the decoders' pool and a link, which stands for the decoders of one worker.</summary>
internal static class LinkProtocol
{
    /// <summary>Tells a link that the sender, a pool, has plans for it, instead of whoever had them before.</summary>
    internal sealed record Serve : IRunMessage;

    /// <summary>Asks the pool for so many more plans.</summary>
    internal sealed record Pull(int Pairs) : IRunMessage;

    /// <summary>Gives a plan back undecoded.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Why">The reason, as a clause for the log.</param>
    internal sealed record HandedBack(long Request, string Why) : IRunMessage;

    /// <summary>
    /// Tells the pool that the link takes no more plans. The pool answers with <see cref="Idle"/> when it has none of the pool's any more.
    /// </summary>
    internal sealed record Withdraw : IRunMessage;

    /// <summary>Reports that the link has no plan of the pool's.</summary>
    internal sealed record Idle : IRunMessage;

    /// <summary>Asks a link for its last word to this pool: it answers with <see cref="Released"/>, and sends nothing after that.</summary>
    internal sealed record Release : IRunMessage;

    /// <summary>The link's last word.</summary>
    internal sealed record Released : IRunMessage;
}
