using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;

namespace CACL.Data.Clips;

/// <summary>What a player must know about a video to show it.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="StreamIndex">Index of the video stream within the file.</param>
/// <param name="Width">Width as displayed, in square pixels, orientation applied.</param>
/// <param name="Height">Height as displayed, in square pixels, orientation applied.</param>
/// <param name="RateNumerator">The average frame rate is numerator/denominator frames per second.</param>
/// <param name="RateDenominator">See <paramref name="RateNumerator"/>.</param>
/// <param name="Frames">The approximate number of frames, according to the container; null where it does not say.</param>
/// <param name="Orientation">How its pictures are oriented for display.</param>
public sealed record ClipProperties(
    string Path,
    int StreamIndex,
    int Width,
    int Height,
    int RateNumerator,
    int RateDenominator,
    long? Frames,
    DisplayOrientation Orientation)
{
    private const string Entries =
        "stream=index,codec_name,width,height,sample_aspect_ratio,avg_frame_rate,r_frame_rate,nb_frames,duration"
        + ":stream_disposition=attached_pic:stream_side_data_list:format=duration";

    /// <summary>The highest rate to believe: containers without a clock write higher ones, and no camera has them.</summary>
    private const double MostRate = 480;

    /// <summary>Reads, with ffprobe, the properties of the file's first video stream that is no cover picture.</summary>
    /// <param name="program">The ffmpeg programs.</param>
    /// <param name="path">Absolute path.</param>
    /// <param name="deadline">How long reading may take.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The file cannot be used; the reason says why.</exception>
    public static ClipProperties Read(FfmpegProgram program, string path, TimeSpan deadline, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var start = TimeProvider.System.GetTimestamp();
        var input = new InputFile(path);
        var streams = new List<Dictionary<string, string>>();
        var format = new Dictionary<string, string>();
        using var ffprobe = new FfmpegProcess(
            program.FfprobePath, $"-v error {input.Options} -select_streams v -show_entries {Entries} -of compact {input.Text}", path,
            deadline, cancel);
        while (ffprobe.Lines.ReadLine() is { } line)
        {
            if (FfprobeText.Fields(line, "stream") is { Count: > 0 } stream) streams.Add(stream);
            else if (FfprobeText.Fields(line, "side_data") is { Count: > 0 } side && streams.Count > 0)
                streams[^1].TryAdd("displaymatrix", side.GetValueOrDefault("displaymatrix", ""));
            else if (FfprobeText.Fields(line, "format") is { Count: > 0 } whole) format = whole;
        }

        var exitCode = ffprobe.WaitForExit();
        if (streams.Find(stream => stream.Number("attached_pic") is not 1) is { } chosen)
        {
            var properties = Of(program, path, chosen, format);
            var left = deadline - TimeProvider.System.GetElapsedTime(start);
            var first = ProbedFrame.Read(program, input, path, properties.StreamIndex, onlyFirst: true, left, cancel).FirstOrDefault();
            return properties.Displayed(first?.Orientation ?? chosen.Orientation() ?? default);
        }

        var why = exitCode == 0 ? $"{path} has no video stream." : $"{path} is not a video that ffmpeg can open.";
        throw new VideoUnusableException(
            path, UnusableReason.NotAVideo, $"{why} {FfprobeText.LastLine(ffprobe.ErrorOutput, path)}".TrimEnd());
    }

    /// <summary>
    /// Returns the size whose longer side has at most so many pixels: same aspect ratio, never larger than the video itself, and with even
    /// sides.
    /// </summary>
    /// <param name="mostSide">Most pixels of the longer side.</param>
    public (int Width, int Height) SizeWithin(int mostSide)
    {
        var scale = Math.Min(1, mostSide / (double)Math.Max(Width, Height));
        return (Even(Width * scale), Even(Height * scale));

        static int Even(double side) => Math.Max(2, 2 * (int)Math.Round(side / 2));
    }

    private static ClipProperties Of(
        FfmpegProgram program, string path, Dictionary<string, string> stream, Dictionary<string, string> format)
    {
        var codec = stream.GetValueOrDefault("codec_name", "unknown");
        if (!program.Decodes(codec))
            throw new VideoUnusableException(
                path, UnusableReason.UnknownCodec, $"The installed ffmpeg has no decoder for the codec {codec} of {path}.");
        var (width, height) = (stream.Number("width") ?? 0, stream.Number("height") ?? 0);
        if (width is <= 0 or > 65536 || height is <= 0 or > 65536)
            throw new VideoUnusableException(path, UnusableReason.Corrupt, $"{path} does not tell the size of its pictures.");
        if (Ratio(stream, "sample_aspect_ratio", ':') is { } pixel) width = Math.Clamp((long)Math.Round(width * pixel.Value), 1, 65536);
        var rate = Rate(stream, "avg_frame_rate") ?? Rate(stream, "r_frame_rate") ?? (25, 1, 25);
        var seconds = Seconds(stream) ?? Seconds(format);
        var frames = stream.Number("nb_frames") ?? (seconds is { } length ? (long)Math.Round(length * rate.Value) : null);
        var index = (int)(stream.Number("index") ?? 0);
        return new ClipProperties(path, index, (int)width, (int)height, rate.Numerator, rate.Denominator, frames, default);
    }

    private ClipProperties Displayed(DisplayOrientation orientation) => orientation.SwapsSides
        ? this with { Width = Height, Height = Width, Orientation = orientation }
        : this with { Orientation = orientation };

    private static (int Numerator, int Denominator, double Value)? Rate(Dictionary<string, string> stream, string key) =>
        Ratio(stream, key, '/') is { Value: >= 0.1 and <= MostRate } rate ? rate : null;

    private static (int Numerator, int Denominator, double Value)? Ratio(Dictionary<string, string> stream, string key, char between)
    {
        if (stream.GetValueOrDefault(key, "").Split(between) is not [var above, var below]) return null;
        if (!int.TryParse(above, CultureInfo.InvariantCulture, out var numerator) || !int.TryParse(
            below, CultureInfo.InvariantCulture, out var denominator))
            return null;
        return numerator > 0 && denominator > 0 ? (numerator, denominator, numerator / (double)denominator) : null;
    }

    private static double? Seconds(Dictionary<string, string> section) =>
        double.TryParse(section.GetValueOrDefault("duration"), CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e9
            ? seconds
            : null;
}
