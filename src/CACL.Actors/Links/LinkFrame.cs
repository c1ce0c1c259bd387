namespace CACL.Actors.Links;

/// <summary>What a frame on a connection is; a byte.</summary>
internal enum LinkFrame : byte
{
    /// <summary>From the worker, first of all: the ticket by which it was accepted.</summary>
    Hello = 1,

    /// <summary>From the trainer: decode this plan.</summary>
    Request = 2,

    /// <summary>From the worker: the pair of a request, its bytes behind the header.</summary>
    Pair = 3,

    /// <summary>From the worker: it cannot decode a request.</summary>
    HandedBack = 4,

    /// <summary>From the worker: it can take so many more requests.</summary>
    Pull = 5,

    /// <summary>From either: it is still there.</summary>
    Alive = 6,

    /// <summary>From the worker: it takes no more requests, and finishes those that it has.</summary>
    Leaving = 7,

    /// <summary>From the trainer: there is nothing left for this worker.</summary>
    Over = 8,

    /// <summary>From the trainer: evaluate a checkpoint.</summary>
    Order = 9,

    /// <summary>From the worker: send a piece of a checkpoint's file.</summary>
    Fetch = 10,

    /// <summary>From the trainer: the piece, its bytes behind the header.</summary>
    Piece = 11,

    /// <summary>From the worker: a file that an evaluation left, its bytes behind the header.</summary>
    ResultFile = 12,

    /// <summary>From the worker: the result of an evaluation behind the header, after its files.</summary>
    Result = 13,

    /// <summary>From the trainer: nobody waits for an evaluation any more.</summary>
    Cancel = 14,
}

/// <summary>The beginning of a frame that was read.</summary>
/// <param name="Frame">What it is.</param>
/// <param name="Header">Its header; valid until the next frame is read.</param>
/// <param name="Payload">Number of bytes behind the header, which must be read next.</param>
/// <param name="Checksum">Checksum of header and payload.</param>
internal readonly record struct LinkHead(LinkFrame Frame, ReadOnlyMemory<byte> Header, int Payload, ulong Checksum);
