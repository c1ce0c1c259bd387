namespace CACL.Data.Catalog;

/// <summary>A video of the catalogue that cannot be trained on.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence that names the file and what is wrong with it.</param>
public sealed record UnusableVideo(string Path, UnusableReason Reason, string Message);
