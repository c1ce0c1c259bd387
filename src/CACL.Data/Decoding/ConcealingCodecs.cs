using CACL.Data.Catalog;

namespace CACL.Data.Decoding;

/// <summary>
/// Codecs whose decoders in ffmpeg do not wait for a key frame. Where a stream begins in the middle of a group of pictures (a broadcast
/// joined late, a cut file), they conceal the error: they return pictures from its first packet on, with grey or a smear for what is
/// missing. Such pictures are no frames of the video; frame 0 is its first key frame. The decoders of H.264, MPEG-1, MPEG-2, VP8, VP9 and
/// AV1 wait by themselves.
/// </summary>
internal static class ConcealingCodecs
{
    /// <summary>
    /// HEVC. Where a stream begins with a key frame, its leading pictures, which are decoded after the key frame and shown before it, are
    /// whole.
    /// </summary>
    public const string Hevc = "hevc";

    private static readonly HashSet<string> All =
        [Hevc, "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "flv1", "h263", "h263i", "h263p", "theora", "vp3"];

    /// <summary>Returns whether a codec's decoder returns pictures before the first key frame.</summary>
    public static bool Contains(string codec) => All.Contains(codec);

    /// <summary>Returns the exception for a video without a frame that can be decoded.</summary>
    public static VideoUnusableException NothingWhole(string path) => new(
        path,
        UnusableReason.Corrupt,
        $"No frame of {path} can be decoded whole: it begins in the middle of a group of pictures, and no key frame follows.");
}
