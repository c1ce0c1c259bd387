namespace CACL.Data.Catalog;

/// <summary>
/// A decoder, and neither the video nor this program, is at fault: it was killed, ran out of memory, or lacks a library. That says nothing
/// about the video, which should be tried again. The message is a sentence that names the file and what happened.
/// </summary>
public sealed class DecoderFaultException : Exception
{
    /// <summary>Creates the exception for a fault while <paramref name="path"/> was read.</summary>
    public DecoderFaultException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>Creates the exception with this program's usual wording.</summary>
    /// <param name="path">The file that was being read.</param>
    /// <param name="what">What happened to the decoder, as a phrase.</param>
    /// <param name="inner">The underlying error, or null.</param>
    public static DecoderFaultException Of(string path, string what, Exception? inner = null) =>
        new(path, $"Reading {path} failed through no fault of its own: {what.TrimEnd('.')}.", inner);

    /// <summary>The file that was being read.</summary>
    public string Path { get; }
}
