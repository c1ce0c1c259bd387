using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Runs.Folder;

namespace CACL.Actors.Contracts;

/// <summary>A video that cannot be used, in the form in which messages carry it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence that names the file.</param>
internal sealed record VideoFault(string Path, UnusableReason Reason, string Message)
{
    /// <summary>Returns the fault that an exception describes.</summary>
    public static VideoFault Of(VideoUnusableException fault) => new(fault.Path, fault.Reason, fault.Message);
}

/// <summary>Messages that the decoder pool receives and sends.</summary>
internal static class PoolProtocol
{
    /// <summary>
    /// Asks the pool to decode this plan. It answers with <see cref="Decoded"/>, <see cref="Failed"/> or <see cref="Ended"/>.
    /// </summary>
    internal sealed record Decode(SamplePlan Plan) : IRunMessage;

    /// <summary>Sets the number of decoders; 0: the pool chooses it.</summary>
    internal sealed record Resize(int Decoders) : IRunMessage;

    /// <summary>Reports a training step, from which the pool chooses the number of decoders.</summary>
    /// <param name="WaitSeconds">Time that it waited for its data.</param>
    /// <param name="StepSeconds">Time that it took otherwise.</param>
    /// <param name="Pairs">Its pairs.</param>
    internal sealed record Stepped(double WaitSeconds, double StepSeconds, int Pairs) : IRunMessage;

    /// <summary>Reports a pair that no decoder was needed for, since it was decoded ahead.</summary>
    internal sealed record DecodedBefore : IRunMessage;

    /// <summary>Carries the pair; the receiver owns it.</summary>
    internal sealed record Decoded(FramePair Pair) : IPairMessage;

    /// <summary>Reports that the video is bad; costly if it made decoders hang or crash.</summary>
    internal sealed record Failed(VideoFault Fault, bool Costly = false) : IRunMessage;

    /// <summary>Tells the parent that decoders crash so often that the run must end.</summary>
    internal sealed record TooManyRestarts(string Message, Fault? Cause) : IRunMessage;

    /// <summary>
    /// Asks the pool to stop decoding, and to stop itself once all decoders have stopped. It answers pending requests with <see
    /// cref="Ended"/>.
    /// </summary>
    internal sealed record End : IRunMessage;

    /// <summary>Reports that the pool no longer decodes.</summary>
    internal sealed record Ended : IRunMessage;

    /// <summary>Tells the supervisor, from the stream, that so many videos are bad that the run must end.</summary>
    internal sealed record TooManyBad(string Message) : IRunMessage;

    /// <summary>Tells the supervisor, from the stream, that the pool has not answered for longer than decoding can take.</summary>
    internal sealed record Silent(string Message) : IRunMessage;

    /// <summary>Tells the supervisor that the stream has stopped in the middle: no batch will follow, and no end either.</summary>
    internal sealed record StreamDied(string Message) : IRunMessage;
}

/// <summary>Messages that one decoder receives and sends.</summary>
internal static class DecoderProtocol
{
    /// <summary>Asks the decoder to decode this plan. It answers with <see cref="Decoded"/> or <see cref="Unusable"/>.</summary>
    internal sealed record Decode(long Request, SamplePlan Plan) : IRunMessage;

    /// <summary>Carries the pair; the receiver owns it.</summary>
    internal sealed record Decoded(long Request, FramePair Pair) : IPairMessage;

    /// <summary>Reports that the video is at fault.</summary>
    internal sealed record Unusable(long Request, VideoFault Fault) : IRunMessage;
}

/// <summary>
/// A message that passes on a decoded pair. Within a process the pair itself changes owner. Between processes its bytes are sent by a
/// serializer of their own, which returns the sender's pair to its pool.
/// </summary>
internal interface IPairMessage
{
    /// <summary>The pair; the receiver of the message owns it.</summary>
    FramePair Pair { get; }
}
