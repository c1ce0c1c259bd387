using CACL.Data.Catalog;
using CACL.Data.Files;
using Microsoft.Win32.SafeHandles;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// The demuxers of ffmpeg with which a file may be opened. Playlists, concatenation scripts, text and image sequences are not among them:
/// such a file could make ffmpeg open others.
/// </summary>
internal static class AllowedFormats
{
    /// <summary>Containers and raw streams, as ffmpeg's option format_whitelist takes them.</summary>
    public const string Video =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,live_flv,asf,asf_o,gif,apng,h264,hevc,m4v,h263,ogg,ivf,obu,"
        + "mxf,nut,rm,dv,wtv,yuv4mpegpipe,vc1,vc1test,av1,swf";

    // The values that .NET sets as an exception's HResult: ENOMEM, ENFILE, EMFILE.
    private const int NoMemory = 12;
    private const int TooManyFilesOfAll = 23;
    private const int TooManyFiles = 24;

    /// <summary>Does the same as <see cref="DemuxerOf"/>, and returns null for videos.</summary>
    public static string? StillDemuxerOf(string path) => DemuxerOf(path) is { } demuxer && VideoFileTypes.IsStill(path) ? demuxer : null;

    /// <summary>Examines a file's first bytes before ffmpeg does.</summary>
    /// <returns>
    /// The demuxer of a still, which is to be forced; the demuxer that a video's first bytes name beyond doubt, so that ffmpeg need not ask
    /// all of its demuxers; otherwise null.
    /// </returns>
    /// <exception cref="VideoUnusableException">The file cannot be opened, is empty, or is no image although its name says so.</exception>
    /// <exception cref="DecoderFaultException">The machine is out of memory, or too many files are open.</exception>
    public static string? DemuxerOf(string path)
    {
        Span<byte> head = stackalloc byte[12];
        using (var file = Open(path)) head = head[..ReadHead(file, path, head)];
        return VideoFileTypes.IsStill(path) ? StillDemuxerOf(path, head) : VideoDemuxer(head);
    }

    /// <summary>Opens a file to read some of its bytes before ffmpeg does.</summary>
    /// <exception cref="VideoUnusableException">The file cannot be opened.</exception>
    /// <exception cref="DecoderFaultException">The machine is out of memory, or too many files are open.</exception>
    public static SafeFileHandle Open(string path)
    {
        try
        {
            return RegularFile.OpenHandle(path);
        }
        catch (NotARegularFileException e)
        {
            throw new VideoUnusableException(path, UnusableReason.NotAVideo, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
    }

    /// <summary>Reads a file's first bytes.</summary>
    /// <returns>How many of them there are; at least one.</returns>
    /// <exception cref="VideoUnusableException">The file is empty or cannot be read.</exception>
    /// <exception cref="DecoderFaultException">The machine is out of memory.</exception>
    public static int ReadHead(SafeFileHandle file, string path, Span<byte> head)
    {
        var length = Read(file, path, head, 0);
        return length > 0 ? length : throw new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} is empty.");
    }

    /// <summary>Reads some of a file's bytes.</summary>
    /// <returns>How many of them there are.</returns>
    /// <exception cref="VideoUnusableException">The file cannot be read.</exception>
    /// <exception cref="DecoderFaultException">The machine is out of memory.</exception>
    public static int Read(SafeFileHandle file, string path, Span<byte> bytes, long offset)
    {
        try
        {
            return RandomAccess.Read(file, bytes, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
    }

    /// <summary>Returns ffmpeg's demuxer for a file that is a still image by its name.</summary>
    /// <exception cref="VideoUnusableException">The file does not begin like an image.</exception>
    public static string StillDemuxerOf(string path, ReadOnlySpan<byte> head) => StillDemuxer(head)
        ?? throw new VideoUnusableException(
            path, UnusableReason.NotAVideo, $"{path} is named like an image but does not begin like one.");

    /// <summary>
    /// Returns ffmpeg's demuxer for a video that begins like this, as its probing would choose it; null if only probing can tell.
    /// </summary>
    public static string? VideoDemuxer(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 8 && head[4..].StartsWith("ftyp"u8)) return "mov";
        return head.StartsWith((ReadOnlySpan<byte>)[0x1a, 0x45, 0xdf, 0xa3]) ? "matroska" : null;
    }

    /// <summary>
    /// Returns ffmpeg's demuxer for a single still image, by the file's first bytes; null if they are no image's. Probing would choose
    /// image2, which takes a % in the name for a pattern of other files.
    /// </summary>
    public static string? StillDemuxer(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff])) return "jpeg_pipe";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a])) return "png_pipe";
        if (head.StartsWith("BM"u8)) return "bmp_pipe";
        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8)) return "webp_pipe";
        return head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) ? "tiff_pipe" : null;
    }

    private static Exception Refused(string path, Exception e) =>
        e is IOException { HResult: NoMemory or TooManyFilesOfAll or TooManyFiles }
            ? DecoderFaultException.Of(path, e.Message, e)
            : new VideoUnusableException(path, UnusableReason.Unreadable, $"{path} cannot be opened: {e.Message}", e);
}
