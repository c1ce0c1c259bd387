namespace CACL.Data.Catalog;

/// <summary>What a scan found out about one file: a record, or why there is none.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Size">Bytes, as listed before the file was read.</param>
/// <param name="ModifiedTicks">Modification time, in ticks of <see cref="DateTime"/> in UTC, as listed before the file was read.</param>
/// <param name="Record">The record of a usable video, else null.</param>
/// <param name="Reason">Why the file is unusable; null if and only if there is a record.</param>
/// <param name="Message">The sentence that goes with <paramref name="Reason"/>.</param>
public sealed record CatalogEntry(string Path, long Size, long ModifiedTicks, VideoRecord? Record, UnusableReason? Reason, string? Message)
{
    /// <summary>Returns the entry of a usable video.</summary>
    public static CatalogEntry Usable(string path, long size, long modifiedTicks, VideoRecord record) =>
        new(path, size, modifiedTicks, record, null, null);

    /// <summary>Returns the entry of a file that cannot be used.</summary>
    public static CatalogEntry Unusable(string path, long size, long modifiedTicks, UnusableReason reason, string message) =>
        new(path, size, modifiedTicks, null, reason, message);
}

/// <summary>What the catalogue holds about a file, as far as a scan needs it to decide whether to read the file again.</summary>
/// <param name="Id">Row of the catalogue.</param>
/// <param name="Size">Bytes, when the file was read.</param>
/// <param name="ModifiedTicks">Modification time, when the file was read.</param>
/// <param name="Reason">Why it is unusable, or null.</param>
/// <param name="Message">The sentence that goes with the reason.</param>
/// <param name="Vanished">Whether a scan no longer found the file.</param>
/// <param name="ReadingRules">See <see cref="CatalogSchema.ReadingRules"/>.</param>
internal readonly record struct KnownFile(
    long Id, long Size, long ModifiedTicks, UnusableReason? Reason, string? Message, bool Vanished, int ReadingRules);

/// <summary>How many videos the catalogue holds, and of what kind.</summary>
/// <param name="Usable">Videos with enough frames.</param>
/// <param name="TooShort">Readable videos with fewer frames than asked for.</param>
/// <param name="Unusable">The others, by reason.</param>
/// <param name="Vanished">Rows whose files were gone at the last scan; not part of the other counts.</param>
/// <param name="StillsLeftOut">Readable still images, where more than one frame was asked for; not part of the other counts.</param>
public sealed record CatalogCounts(
    int Usable, int TooShort, IReadOnlyDictionary<UnusableReason, int> Unusable, int Vanished, int StillsLeftOut);
