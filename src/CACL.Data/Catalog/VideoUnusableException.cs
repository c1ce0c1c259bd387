
namespace CACL.Data.Catalog;

/// <summary>Why a video, or one request for its frames, cannot be served.</summary>
public enum UnusableReason
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable,

    /// <summary>The file is not a video (or still image) in an allowed container format.</summary>
    NotAVideo,

    /// <summary>There is no decoder for the stream's codec.</summary>
    UnknownCodec,

    /// <summary>The video has fewer frames than the request needs.</summary>
    TooShort,

    /// <summary>Frames are missing or damaged beyond what the decoder can return.</summary>
    Corrupt,

    /// <summary>The file changed since it was scanned.</summary>
    Changed,

    /// <summary>The deadline passed.</summary>
    Deadline,

    /// <summary>The pictures have more pixels than are decoded.</summary>
    TooLarge,

    /// <summary>
    /// The decoder failed repeatedly: it crashed, was killed or ran out of memory. Unless it crashed, that says nothing about the video.
    /// </summary>
    Decoder,
}

/// <summary>
/// A video, and not the program, is at fault: quarantine it and take another. The message is a sentence that names the file.
/// </summary>
public sealed class VideoUnusableException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="path"/>.</summary>
    public VideoUnusableException(string path, UnusableReason reason, string message, Exception? inner = null)
        : base(message, inner)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file at fault.</summary>
    public string Path { get; }

    /// <summary>The kind of fault.</summary>
    public UnusableReason Reason { get; }
}
