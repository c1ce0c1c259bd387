using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>What ffprobe says about one decoded frame.</summary>
internal sealed class ProbedFrame(Dictionary<string, string> fields)
{
    /// <summary>The entries that ffprobe is asked for; pkt_pts is ffmpeg 4's name for a frame's pts.</summary>
    internal const string Entries = "frame=key_frame,pts,pkt_pts,best_effort_timestamp,pkt_pos,width,height:frame_side_data_list";

    /// <summary>Presentation time in ticks of the stream, if the frame has one.</summary>
    internal long? Time { get; } = fields.Number("pts") ?? fields.Number("pkt_pts");

    /// <summary>ffmpeg's guess of its time.</summary>
    internal long? Guess { get; } = fields.Number("best_effort_timestamp");

    /// <summary>Where its packet lies in the file, bytes.</summary>
    internal long? Position { get; } = fields.Number("pkt_pos");

    internal bool IsKey { get; } = fields.Number("key_frame") is 1;

    internal (int Width, int Height) Size { get; } = ((int)(fields.Number("width") ?? 0), (int)(fields.Number("height") ?? 0));

    /// <summary>The orientation for display that the picture itself names, or null. ffmpeg heeds it from 5.1 on.</summary>
    internal DisplayOrientation? Orientation { get; private set; }

    /// <summary>Decodes a stream, or its first packet, with ffprobe.</summary>
    /// <exception cref="VideoUnusableException">The deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    internal static List<ProbedFrame> Read(
        FfmpegProgram program, InputFile input, string path, int stream, bool onlyFirst, TimeSpan allowed, CancellationToken cancel)
    {
        var isHeeded = !FfmpegProgram.IsBefore51(program.VersionText);
        var frames = new List<ProbedFrame>();
        var arguments = $"-v error -threads 1 {input.Options} -select_streams {stream} {(onlyFirst ? "-read_intervals %+#1 " : "")}"
            + $"-show_entries {Entries} -of compact {input.Text}";
        using var ffprobe = new FfmpegProcess(program.FfprobePath, arguments, path, allowed, cancel);
        while (ffprobe.Lines.ReadLine() is { } line)
        {
            if (FfprobeText.Fields(line, "frame") is { Count: > 0 } frame)
                frames.Add(new ProbedFrame(frame) { Orientation = isHeeded ? frame.Orientation() : null });
            else if (isHeeded && frames is [.., var last] && FfprobeText.Fields(line, "side_data") is { Count: > 0 } sideData)
                last.Orientation ??= sideData.Orientation();
        }

        ffprobe.WaitForExit();
        return frames;
    }
}
