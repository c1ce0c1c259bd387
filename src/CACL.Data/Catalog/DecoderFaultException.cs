namespace CACL.Data.Catalog;

/// <summary>
/// A decoder (not the video, and not the program) is at fault: it was killed, found no memory, lacks a library. That says nothing of the
/// video, which is to be asked for again. The message is a sentence that names the file and what happened.
/// </summary>
public sealed class DecoderFaultException : Exception
{
    /// <summary>A fault while <paramref name="path"/> was read.</summary>
    public DecoderFaultException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The fault in this program's usual words.</summary>
    /// <param name="path">The file that was being read.</param>
    /// <param name="what">A phrase: what happened to the decoder.</param>
    /// <param name="inner">What was found, or null.</param>
    public static DecoderFaultException Of(string path, string what, Exception? inner = null) =>
        new(path, $"Reading {path} failed through no fault of its own: {what.TrimEnd('.')}.", inner);

    /// <summary>The file that was being read.</summary>
    public string Path { get; }
}
