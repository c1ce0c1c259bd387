using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;

namespace CACL.Data.Preparation;

/// <summary>What a video says about the colours of its pictures, as ffprobe words it; null where it says nothing known.</summary>
/// <param name="PixelFormat">ffmpeg's name of the pixel format.</param>
/// <param name="Range">tv or pc.</param>
/// <param name="Matrix">Matrix between YUV and RGB.</param>
/// <param name="Primaries">Primaries.</param>
/// <param name="Transfer">Transfer curve.</param>
internal sealed record SourceColours(string PixelFormat, string? Range, string? Matrix, string? Primaries, string? Transfer)
{
    // ffprobe's words, which become options of ffmpeg only where they are known: the words come out of a file.
    private static readonly HashSet<string> Matrices =
        ["bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc", "bt2020c", "smpte2085", "ictcp"];

    private static readonly HashSet<string> KnownPrimaries =
        ["bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "film", "bt2020", "smpte428", "smpte431", "smpte432"];

    private static readonly Dictionary<string, string> Transfers = new(StringComparer.Ordinal)
    {
        ["bt709"] = "bt709",
        ["bt470m"] = "gamma22",
        ["bt470bg"] = "gamma28",
        ["smpte170m"] = "smpte170m",
        ["smpte240m"] = "smpte240m",
        ["linear"] = "linear",
        ["iec61966-2-4"] = "iec61966-2-4",
        ["iec61966-2-1"] = "iec61966-2-1",
        ["bt2020-10"] = "bt2020-10",
        ["bt2020-12"] = "bt2020-12",
        ["smpte2084"] = "smpte2084",
        ["smpte428"] = "smpte428",
        ["arib-std-b67"] = "arib-std-b67",
    };

    /// <summary>Whether the pixels are RGB, in whatever order, or a palette of them.</summary>
    internal bool IsRgb =>
        PixelFormat.Contains("rgb", StringComparison.Ordinal) || PixelFormat.Contains("bgr", StringComparison.Ordinal)
        || PixelFormat.StartsWith("gbr", StringComparison.Ordinal) || PixelFormat.StartsWith("xyz", StringComparison.Ordinal)
        || PixelFormat.StartsWith("pal", StringComparison.Ordinal) || PixelFormat.StartsWith("mono", StringComparison.Ordinal)
        || IsMosaic;

    /// <summary>Whether the pixels are a sensor's, of one colour each.</summary>
    internal bool IsMosaic => PixelFormat.StartsWith("bayer_", StringComparison.Ordinal);

    /// <summary>Whether a YUV picture uses all 256 steps. The pixel format implies it where nothing is said.</summary>
    internal bool IsFullRange => !IsRgb && (Range ?? (PixelFormat.StartsWith("yuvj", StringComparison.Ordinal) ? "pc" : "tv")) == "pc";

    /// <summary>Decodes the first picture of a video to learn its colours.</summary>
    /// <exception cref="VideoUnusableException">The file cannot be opened, or the deadline passed.</exception>
    /// <exception cref="DecoderFaultException">ffprobe failed through no fault of the file's.</exception>
    internal static SourceColours Of(FfmpegProgram program, VideoRecord video, TimeSpan deadline, CancellationToken cancel)
    {
        const string entries = "pix_fmt,color_range,color_space,color_primaries,color_transfer";
        var input = new InputFile(video.Path);
        var arguments = $"-v error -threads 1 {input.Options} -select_streams {video.StreamIndex} -read_intervals %+#1 "
            + $"-show_entries frame={entries}:stream={entries} -of compact {input.Text}";
        using var ffprobe = new FfmpegProcess(program.FfprobePath, arguments, video.Path, deadline, cancel, endsWithParent: true);
        Dictionary<string, string> frame = [], stream = [];
        while (ffprobe.Lines.ReadLine() is { } line)
        {
            if (frame.Count == 0) frame = FfprobeText.Fields(line, "frame");
            if (FfprobeText.Fields(line, "stream") is { Count: > 0 } fields) stream = fields;
        }

        ffprobe.WaitForExit();
        var said = frame.Count > 0 ? frame : stream;
        return new SourceColours(
            said.GetValueOrDefault("pix_fmt", ""),
            Known("color_range", word => word is "tv" or "pc" ? word : null),
            Known("color_space", word => Matrices.Contains(word) ? word : null),
            Known("color_primaries", word => KnownPrimaries.Contains(word) ? word : null),
            Known("color_transfer", word => Transfers.GetValueOrDefault(word)));

        string? Known(string field, Func<string, string?> word) => said.TryGetValue(field, out var value) ? word(value) : null;
    }
}
