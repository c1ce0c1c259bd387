using CACL.Data.Catalog;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// Tells which of the frames that the ffmpeg program returns is the first of the video: see <see cref="ConcealingCodecs"/>.
/// </summary>
internal static class LeadingFrames
{
    /// <summary>Counts the frames before the first one that belongs to the video.</summary>
    /// <param name="codec">ffmpeg's name of the codec.</param>
    /// <param name="firstPacket">The stream's first packet: its time, and its position in the file.</param>
    /// <param name="frames">Its frames in presentation order, decoded at least up to the first key frame.</param>
    /// <returns>Their number; the number of all frames where there is no key frame.</returns>
    internal static int CountBefore(string codec, (long? Time, long? Position) firstPacket, IReadOnlyList<ProbedFrame> frames)
    {
        if (!ConcealingCodecs.Contains(codec)) return 0;
        var first = 0;
        while (first < frames.Count && !frames[first].IsKey) first++;
        // HEVC's leading pictures, which follow the key frame and are shown before it, are whole where nothing precedes the key frame.
        return codec == ConcealingCodecs.Hevc && first < frames.Count && IsOf(frames[first], firstPacket) ? 0 : first;
    }

    /// <summary>Returns whether the ffmpeg program may return frames of this codec before the first one of the video.</summary>
    internal static bool MayComeBefore(string codec) => ConcealingCodecs.Contains(codec);

    /// <summary>Counts, with ffprobe, which decodes as ffmpeg does, the frames that ffmpeg returns before frame 0.</summary>
    /// <exception cref="VideoUnusableException">There is no frame 0, or the deadline passed.</exception>
    /// <exception cref="DecoderFaultException">ffprobe failed through no fault of the file's.</exception>
    internal static int CountBefore(FfmpegProgram program, VideoRecord video, TimeSpan allowed, CancellationToken cancel)
    {
        if (!MayComeBefore(video.Codec)) return 0;
        var input = new InputFile(video.Path);
        var arguments = $"-v error -threads 1 {input.Options} -select_streams {video.StreamIndex} "
            + $"-show_entries packet=pts,pos:{ProbedFrame.Entries} -of compact {input.Text}";
        (long? Time, long? Position)? first = null;
        var frames = new List<ProbedFrame>();
        using var ffprobe = new FfmpegProcess(program.FfprobePath, arguments, video.Path, allowed, cancel);
        while (frames is not [.., { IsKey: true }] && ffprobe.Lines.ReadLine() is { } line)
        {
            if (FfprobeText.Fields(line, "packet") is { Count: > 0 } packet) first ??= (packet.Number("pts"), packet.Number("pos"));
            else if (FfprobeText.Fields(line, "frame") is { Count: > 0 } frame) frames.Add(new ProbedFrame(frame));
        }

        if (frames is [.., { IsKey: true }]) return CountBefore(video.Codec, first ?? default, frames);
        ffprobe.WaitForExit();
        throw ConcealingCodecs.NothingWhole(video.Path);
    }

    private static bool IsOf(ProbedFrame frame, (long? Time, long? Position) packet) =>
        frame.Time is { } time ? packet.Time == time : frame.Position is { } position && packet.Position == position;
}
