using CACL.Data.Catalog;

namespace CACL.Runs.Videos;

/// <summary>A video in quarantine, and why.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="FoundBy">scan or decode.</param>
/// <param name="Epoch">Epoch at which decoding failed; null for a scan.</param>
/// <param name="Position">Position in the epoch at which decoding failed; null for a scan.</param>
/// <param name="LeftOut">Whether the run no longer even tries it, because it made a decoder hang or crash.</param>
public sealed record QuarantinedVideo(
    string Path, UnusableReason Reason, string Message, string FoundBy, int? Epoch = null, int? Position = null, bool LeftOut = false);
