using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Processes;

namespace CACL.Data.Preparation;

/// <summary>Builds the command line with which ffmpeg makes a prepared file.</summary>
/// <param name="program">The program.</param>
/// <param name="format">How prepared files are made.</param>
/// <param name="video">The source.</param>
/// <param name="colours">What the source says about its colours.</param>
/// <param name="before">How many frames the program returns before frame 0 of a source that cannot be sought in.</param>
internal sealed class PreparationArguments(
    FfmpegProgram program, PreparationFormat format, VideoRecord video, SourceColours colours, int before)
{
    private const int RateWithoutTimes = 25;

    /// <summary>Returns the arguments.</summary>
    /// <param name="target">The file to write.</param>
    /// <param name="most">Number of frames after which to stop, or null.</param>
    internal string To(string target, int? most)
    {
        var input = new InputFile(video.Path);
        // ffmpeg would write the source's orientation into the result, whose pictures already have it, unless it takes the result for one
        // of several inputs: hence the sink, which takes the same pictures and drops them.
        return string.Join(
            ' ',
            "-nostdin -hide_banner -v error -y -threads 1 -filter_complex_threads 1 -noautorotate -copyts",
            input.Options,
            input.Text,
            $"-filter_complex {ChildStartInfo.Quote($"[0:{video.StreamIndex}]{Filters()}[prepared];[0:{video.StreamIndex}]nullsink")}",
            "-map [prepared]",
            program.PassthroughOption,
            most is null ? "" : Text($"-frames:v {most}"),
            $"-map_metadata -1 -map_chapters -1 -threads 1 {Codec()} {Colours()} {Times()}",
            $"-fflags +bitexact -flags:v +bitexact -movflags +faststart -f mp4 {ChildStartInfo.Quote("file:" + target)}");
    }

    private string Filters()
    {
        var (width, height) = format.SizeOf(video.Width, video.Height);
        var (scaledWidth, scaledHeight) = video.Orientation.SwapsSides ? (height, width) : (width, height);
        // Every number is one of the whole video's: ffmpeg begins a filter graph again where the size of the pictures changes.
        var first = video.Frames.Times[0];
        var select = !ConcealsFirst ? "" : video.Frames.Seekable ? $"select='gte(pts,{first})'," : $"select='gte(n,{before})',";
        var times = video.Frames.Seekable ? Text($"setpts=PTS-({first})") : Text($"settb=1/{RateWithoutTimes},setpts=N");
        return $"{select}{(colours.IsMosaic ? "format=rgb24," : "")}"
            + $"scale=w={scaledWidth}:h={scaledHeight}:flags=bicubic+accurate_rnd+full_chroma_int{Conversion()},"
            + $"format={PixelFormat}{RotationFilter.Of(video.Orientation)},sidedata=mode=delete:type=DISPLAYMATRIX,{times}";
    }

    private bool ConcealsFirst => before > 0 || (video.Frames.Seekable && LeadingFrames.MayComeBefore(video.Codec));

    // A JPEG picture always has all 256 steps, and the matrix of BT.601.
    private string PixelFormat => IsFullRange ? "yuvj420p" : "yuv420p";

    private bool IsFullRange => format.Codec == PreparedCodec.Mjpeg || colours.IsFullRange;

    private string Conversion()
    {
        var range = $":out_range={(IsFullRange ? "pc" : "tv")}";
        return format.Codec == PreparedCodec.Mjpeg || colours.IsRgb ? $"{range}:out_color_matrix=bt601" : range;
    }

    private string Colours()
    {
        var matrix = format.Codec == PreparedCodec.Mjpeg ? "bt470bg" : colours.IsRgb ? "smpte170m" : colours.Matrix;
        return string.Join(' ', new[]
        {
            ("color_range", IsFullRange ? "pc" : "tv"), ("colorspace", matrix), ("color_primaries", colours.Primaries),
            ("color_trc", colours.Transfer),
        }.Where(tag => tag.Item2 is not null).Select(tag => $"-{tag.Item1} {tag.Item2}"));
    }

    private string Codec() => format.Codec == PreparedCodec.H264
        ? Text($"-c:v libx264 -preset veryfast -tune fastdecode -crf {format.UsedQuality} -bf 0 -g {format.Gop} ")
            + Text($"-keyint_min {format.Gop} -sc_threshold 0")
        : Text($"-c:v mjpeg -q:v {format.UsedQuality} -huffman optimal");

    // The times of the source, from its first frame on, in its own ticks.
    private string Times()
    {
        var (numerator, denominator) = video.Frames.Seekable
            ? (video.Frames.TimeBaseNumerator, video.Frames.TimeBaseDenominator)
            : (1, RateWithoutTimes);
        return Text($"-enc_time_base {numerator}:{denominator} -video_track_timescale {denominator}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
