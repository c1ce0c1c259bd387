namespace CACL.Data.Catalog;

/// <summary>A file as another machine is told of it, which has the same folders somewhere, or copies of them.</summary>
/// <param name="Path">Path below one of the folders, with slashes.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="ModifiedTicks">Time of its last change, in ticks.</param>
public sealed record SharedFile(string Path, long Size, long ModifiedTicks);

/// <summary>A file that was found under another machine's name for it.</summary>
/// <param name="Path">Absolute path here.</param>
/// <param name="Hash">
/// SHA-256 of its content, in hexadecimal, for the other machine to compare; null: size and time are the same, which nobody doubts.
/// </param>
public sealed record FileHere(string Path, string? Hash);
