using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Runs.Folder;

namespace CACL.Actors.Contracts;

/// <summary>A video that cannot be used, as messages carry it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence that names the file.</param>
internal sealed record VideoFault(string Path, UnusableReason Reason, string Message)
{
    /// <summary>What an exception says of a video.</summary>
    public static VideoFault Of(VideoUnusableException fault) => new(fault.Path, fault.Reason, fault.Message);
}

/// <summary>What the pool of decoders is told and answers.</summary>
internal static class PoolProtocol
{
    /// <summary>Decode this plan; the answer is <see cref="Decoded"/>, <see cref="Failed"/> or <see cref="Ended"/>.</summary>
    internal sealed record Decode(SamplePlan Plan) : IRunMessage;

    /// <summary>Have so many decoders from now on.</summary>
    internal sealed record Resize(int Decoders) : IRunMessage;

    /// <summary>The pair; whoever receives this owns it.</summary>
    internal sealed record Decoded(FramePair Pair) : IPairMessage;

    /// <summary>The video counts as bad; costly if it made decoders hang or crash.</summary>
    internal sealed record Failed(VideoFault Fault, bool Costly = false) : IRunMessage;

    /// <summary>To the parent: decoders crash so often that the run must end.</summary>
    internal sealed record TooManyRestarts(string Message, Fault? Cause) : IRunMessage;

    /// <summary>Decode nothing any more and go, once all decoders are gone. What is asked for is answered by <see cref="Ended"/>.</summary>
    internal sealed record End : IRunMessage;

    /// <summary>Nothing is decoded any more.</summary>
    internal sealed record Ended : IRunMessage;

    /// <summary>To the supervisor, from the stream: so many videos are bad that the run must end.</summary>
    internal sealed record TooManyBad(string Message) : IRunMessage;

    /// <summary>To the supervisor, from the stream: the pool owes an answer for longer than it can take.</summary>
    internal sealed record Silent(string Message) : IRunMessage;
}

/// <summary>What one decoder is told and answers.</summary>
internal static class DecoderProtocol
{
    /// <summary>Decode this plan and answer with <see cref="Decoded"/> or <see cref="Unusable"/>.</summary>
    internal sealed record Decode(long Request, SamplePlan Plan) : IRunMessage;

    /// <summary>The pair; whoever receives this owns it.</summary>
    internal sealed record Decoded(long Request, FramePair Pair) : IPairMessage;

    /// <summary>The video is at fault.</summary>
    internal sealed record Unusable(long Request, VideoFault Fault) : IRunMessage;
}

/// <summary>
/// A message that hands a decoded pair over. Within a process the pair itself goes from owner to owner; to another process its bytes go,
/// by a serializer of their own that gives the sender's pair back.
/// </summary>
internal interface IPairMessage
{
    /// <summary>The pair; whoever receives the message owns it.</summary>
    FramePair Pair { get; }
}
