namespace CACL.Data.Catalog;

/// <summary>A file made of a catalogue's video for random access: smaller pictures, short groups of pictures, the same frames.</summary>
/// <param name="Video">Row of the source.</param>
/// <param name="SourceSize">Bytes of the source when it was prepared.</param>
/// <param name="SourceModifiedTicks">Modification time of the source then, in ticks of <see cref="DateTime"/> in UTC.</param>
/// <param name="Format">How it was made, in words: codec, sizes, group of pictures, quality.</param>
/// <param name="Size">Bytes of the prepared file.</param>
/// <param name="ModifiedTicks">Modification time of the prepared file.</param>
/// <param name="Record">What a prober says about the prepared file; its size is that of its own pictures.</param>
public sealed record PreparedVideo(
    long Video, long SourceSize, long SourceModifiedTicks, string Format, long Size, long ModifiedTicks, VideoRecord Record);

/// <summary>One line of a catalogue's listing.</summary>
/// <param name="Id">Row of the catalogue.</param>
/// <param name="Path">Absolute path of the source.</param>
/// <param name="Codec">ffmpeg's name of the source's codec.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Width">Displayed width of the source, pixels.</param>
/// <param name="Height">Displayed height of the source, pixels.</param>
/// <param name="Prepared">What is known about its prepared file, or null.</param>
public sealed record ListedVideo(long Id, string Path, string Codec, int Frames, int Width, int Height, ListedPreparation? Prepared);

/// <summary>What a catalogue knows about a prepared file.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Format">How it was made, in words.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Fault">Why it is not used: it or its source has changed since; null: it is used.</param>
public sealed record ListedPreparation(string Path, string Format, long Size, string? Fault);
