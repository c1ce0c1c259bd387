
namespace CACL.Data.Catalog;

/// <summary>How the frames of a video were counted.</summary>
public enum CountedBy
{
    /// <summary>From the packets, without decoding.</summary>
    Packets,

    /// <summary>
    /// By decoding once, because the packets are no reliable source (no or repeated timestamps, packed or hidden frames, a truncated file).
    /// </summary>
    Decoding,
}

/// <summary>
/// The frames of one video in presentation order, that is, what a sequential decode returns from the first frame that can be decoded whole,
/// and the frames at which decoding can start.
/// </summary>
/// <param name="TimeBaseNumerator">One tick lasts numerator/denominator seconds.</param>
/// <param name="TimeBaseDenominator">See <paramref name="TimeBaseNumerator"/>.</param>
/// <param name="Times">Presentation time of every frame, in ticks of the stream (the start time is not subtracted). Strictly increasing if
/// and only if <paramref name="Seekable"/>.</param>
/// <param name="KeyFrames">Indices into <paramref name="Times"/> of the frames at which decoding can start, increasing.</param>
/// <param name="Seekable">Whether a frame can be found by its time after a seek. If not, only a sequential decode from the start is
/// exact.</param>
public sealed record FrameIndex(int TimeBaseNumerator, int TimeBaseDenominator, long[] Times, int[] KeyFrames, bool Seekable)
{
    /// <summary>Number of frames.</summary>
    public int Count => Times.Length;

    /// <summary>Returns the last frame at or before a frame at which decoding can start; 0, the start, if there is none.</summary>
    public int KeyFrameBefore(int frame)
    {
        var at = Array.BinarySearch(KeyFrames, frame);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 0 : KeyFrames[at];
    }
}

/// <summary>What is known about one usable video without decoding it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="StreamIndex">Index of the video stream within the file.</param>
/// <param name="Codec">ffmpeg's name of the codec, such as h264.</param>
/// <param name="Width">Displayed width in pixels, orientation applied.</param>
/// <param name="Height">Displayed height in pixels, orientation applied.</param>
/// <param name="Orientation">How its pictures are oriented for display.</param>
/// <param name="ReorderDelay">Frames that the codec may hold back for reordering (ffmpeg's video delay).</param>
/// <param name="CountedBy">How <paramref name="Frames"/> was obtained.</param>
/// <param name="Frames">The frame index.</param>
public sealed record VideoRecord(
    string Path,
    int StreamIndex,
    string Codec,
    int Width,
    int Height,
    DisplayOrientation Orientation,
    int ReorderDelay,
    CountedBy CountedBy,
    FrameIndex Frames)
{
    /// <summary>Whether it is a still image: one picture, of which both views are taken.</summary>
    public bool IsStill => VideoFileTypes.IsStill(Path);

    /// <summary>
    /// The same frames in a file made for random access, or null where none is known. Width and height in it are this record's, although
    /// its pictures may be smaller: boxes are in the pixels of the source, and a decoder scales them to the picture that it decodes.
    /// </summary>
    public VideoRecord? Prepared { get; init; }
}
