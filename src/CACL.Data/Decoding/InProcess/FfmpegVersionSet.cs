namespace CACL.Data.Decoding.InProcess;

/// <summary>The major versions that one ffmpeg release installs together, and the layout of their structures.</summary>
internal sealed record FfmpegVersionSet(string Release, int Util, int Codec, int Format, int Scale, StructLayouts Layouts)
{
    /// <summary>The sets that this program knows, newest first.</summary>
    public static IReadOnlyList<FfmpegVersionSet> Known { get; } =
    [
        new("7", 59, 61, 61, 8, StructLayouts.Ffmpeg7),
        new("6", 58, 60, 60, 7, StructLayouts.Ffmpeg6),
        new("5", 57, 59, 59, 6, StructLayouts.Ffmpeg5),
        new("4", 56, 58, 58, 5, StructLayouts.Ffmpeg4),
    ];
}
