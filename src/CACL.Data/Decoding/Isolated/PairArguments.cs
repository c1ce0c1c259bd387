using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Processes;
using CACL.Data.Sampling;
using FFMpegCore;

namespace CACL.Data.Decoding.Isolated;

/// <summary>Builds ffmpeg's arguments for one request, with FFMpegCore.</summary>
/// <param name="program">The program.</param>
/// <param name="video">The video's record.</param>
/// <param name="frame">Index n of the first frame, in presentation order.</param>
/// <param name="stride">The second frame is n + stride.</param>
/// <param name="displayed">The region of both displayed frames.</param>
/// <param name="other">Another region, which is written below the first; null: only one is written.</param>
/// <param name="width">Width of the resized crops as they are displayed.</param>
/// <param name="height">Height of the resized crops as they are displayed.</param>
/// <param name="isMosaic">Whether the pixels are a sensor's, of one colour each: they become a picture before it is cropped.</param>
internal sealed class PairArguments(
    FfmpegProgram program, VideoRecord video, int frame, int stride, CropBox displayed, CropBox? other, int width, int height,
    bool isMosaic)
{
    /// <summary>Seeks to a key frame before both frames and writes just these two, found by their presentation times.</summary>
    internal string ByTime()
    {
        var frames = video.Frames;
        var first = frames.Times[frame];
        var second = frames.Times[frame + stride];
        var chosen = first == second ? $"eq(pts,{first})" : $"eq(pts,{first})+eq(pts,{second})";
        // Times stay the stream's own (-copyts), and ffmpeg itself cuts nothing away before the target (-noaccurate_seek).
        var seek = SeekSeconds() is { } seconds
            ? $" -noaccurate_seek -seek_timestamp 1 -ss {seconds.ToString("F6", CultureInfo.InvariantCulture)}"
            : "";
        return Build($"-copyts{seek}", $"select='{chosen}',", first == second ? 1 : 2);
    }

    /// <summary>Writes every frame up to the second of the pair; the reader counts them.</summary>
    /// <param name="before">How many frames the program returns before frame 0.</param>
    internal string FromStart(int before) => Build(seek: null, select: "", frames: before + frame + stride + 1);

    private string Build(string? seek, string select, int frames)
    {
        var input = new InputFile(video.Path);
        return FFMpegArguments
            .FromInput(input, options =>
            {
                options.WithThreads(1).WithCustomArgument($"-nostdin -hide_banner -v error -noautorotate {input.Options}");
                if (video.IsStill) options.WithCustomArgument("-xerror"); // no picture that follows in the file stands for it
                if (seek is not null) options.WithCustomArgument(seek);
            })
            .OutputToUrl("pipe:1", options => options
                .WithCustomArgument($"-map 0:{video.StreamIndex} {program.PassthroughOption}")
                .WithFrameCount(frames)
                .WithThreads(1)
                .WithCustomArgument($"-filter_threads 1 -vf {ChildStartInfo.Quote(select + Pictures())} -pix_fmt rgb24 -f rawvideo"))
            .Arguments;
    }

    // Two regions of one picture, which is decoded once.
    private string Pictures() => other is { } second
        ? $"split[a][b];[a]{Picture(displayed)}[c];[b]{Picture(second)}[d];[c][d]vstack"
        : Picture(displayed);

    // The crop is cut out of the decoded picture and oriented last, as in the in-process decoder, so that both give the same bytes: it
    // begins at a whole chroma sample, and follows a change of the picture's size midway.
    private string Picture(CropBox region)
    {
        var swaps = video.Orientation.SwapsSides;
        var (codedWidth, codedHeight) = swaps ? (video.Height, video.Width) : (video.Width, video.Height);
        var (scaledWidth, scaledHeight) = swaps ? (height, width) : (width, height);
        var box = video.Orientation.Stored(region, codedWidth, codedHeight);
        var (left, right) = Span(box.X, box.Width, codedWidth, "iw", "hsub");
        var (top, bottom) = Span(box.Y, box.Height, codedHeight, "ih", "vsub");
        return $"{(isMosaic ? "format=rgb24," : "")}crop=w='{right}-{left}':h='{bottom}-{top}':x='{left}':y='{top}':exact=1,"
            + $"scale={scaledWidth}:{scaledHeight}:flags=bilinear+accurate_rnd+full_chroma_int,format=rgb24"
            + RotationFilter.Of(video.Orientation);
    }

    private static (string From, string To) Span(int start, int length, int of, string actual, string chroma)
    {
        var from = $"clip(round({start}*{actual}/{of}),0,{actual}-1)";
        var to = $"clip(round({start + length}*{actual}/{of}),{from}+1,{actual})";
        return ($"floor({from}/{chroma})*{chroma}", to);
    }

    /// <summary>Returns a time just after the key frame at which to start; null: decode from the start.</summary>
    private double? SeekSeconds()
    {
        var frames = video.Frames;
        var at = Array.BinarySearch(frames.KeyFrames, frame);
        if (at < 0) at = ~at - 1;
        // Where the container does not tell its key frames exactly (MPEG-TS), a seek may land behind the one asked for; from the
        // one before, the right one is passed in any case.
        if (video.CountedBy == CountedBy.Decoding) at--;
        if (at < 0 || frames.KeyFrames[at] == 0) return null;
        var key = frames.KeyFrames[at];
        var (time, next) = (frames.Times[key], key + 1 < frames.Count ? frames.Times[key + 1] : frames.Times[key] + 1);
        // Half a frame later, so that rounding to microseconds does not end at the key frame before.
        var seconds = (time + ((next - time) / 2.0)) * frames.TimeBaseNumerator / frames.TimeBaseDenominator;
        return seconds > 0 ? seconds : null;
    }
}
