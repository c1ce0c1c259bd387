using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;

namespace CACL.Data.Decoding.Isolated;

/// <summary>
/// Reads a video's record with ffprobe processes: from its packets where they give every frame's time, otherwise by decoding it once.
/// </summary>
public sealed class IsolatedProber : IVideoProber
{
    // The lists of side data are requested whole: before 5.0 their elements have no name by which to choose them.
    private const string Entries =
        "packet=stream_index,pts,size,pos,flags:packet_side_data_list"
        + ":stream=index,codec_name,width,height,has_b_frames,time_base,nb_frames,field_order"
        + ":stream_disposition=attached_pic:stream_side_data_list:format=format_name";

    private readonly FfmpegProgram _program;

    /// <summary>Creates a prober for one worker.</summary>
    public IsolatedProber(FfmpegProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        _program = program;
    }

    /// <inheritdoc/>
    public VideoRecord Probe(string path, TimeSpan deadline, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var start = TimeProvider.System.GetTimestamp();
        if (deadline > TimeSpan.Zero && StillHeader.Read(path) is { } still) return still;
        var input = new InputFile(path);
        var (streams, container, errorOutput) = ReadPackets(input, path, deadline, cancel);
        var stream = Choose(streams, path, errorOutput);
        if (!_program.Decodes(stream.Codec))
        {
            throw new VideoUnusableException(
                path, UnusableReason.UnknownCodec, $"The installed ffmpeg has no decoder for the codec {stream.Codec} of {path}.");
        }

        var countedBy = stream.Doubt(container, errorOutput.Length > 0) is null ? CountedBy.Packets : CountedBy.Decoding;
        var decoded = ProbedFrame.Read(_program, input, path, stream.Index, countedBy == CountedBy.Packets, Left(), cancel);
        if (countedBy == CountedBy.Packets && stream.Codec == ConcealingCodecs.Hevc && decoded is [{ IsKey: false }, ..])
        {
            // The container marks the packet as a key frame, and is not to be believed.
            countedBy = CountedBy.Decoding;
            decoded = ProbedFrame.Read(_program, input, path, stream.Index, onlyFirst: false, Left(), cancel);
        }

        var (width, height) = (stream.Width, stream.Height);
        FrameIndex frames;
        if (countedBy == CountedBy.Packets)
        {
            frames = stream.FromPackets();
        }
        else
        {
            var before = LeadingFrames.CountBefore(stream.Codec, stream.First, decoded);
            if (before > 0 && before == decoded.Count) throw ConcealingCodecs.NothingWhole(path);
            decoded.RemoveRange(0, before);
            // A still image is one picture, and no other that follows in the file stands for it.
            if (VideoFileTypes.IsStill(path)) decoded = [.. decoded.Take(1).Where(frame => frame.Position == stream.First.Position)];
            frames = stream.FromFrames(decoded);
            if (decoded is [{ Size.Width: > 0 } first, ..]) (width, height) = first.Size;
        }

        if (frames.Count == 0) throw PairCheck.NoFrame(path);
        if (width <= 0 || height <= 0)
            throw new VideoUnusableException(path, UnusableReason.Corrupt, $"{path} does not tell the size of its pictures.");
        var orientation = (decoded.Count > 0 ? decoded[0].Orientation : null) ?? stream.Orientation;
        if (orientation.SwapsSides) (width, height) = (height, width);
        return new VideoRecord(path, stream.Index, stream.Codec, width, height, orientation, stream.ReorderDelay, countedBy, frames);

        TimeSpan Left() => deadline - TimeProvider.System.GetElapsedTime(start);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Every process has ended with its file.
    }

    private (List<ProbedStream> Streams, string Container, string ErrorOutput) ReadPackets(
        InputFile input, string path, TimeSpan allowed, CancellationToken cancel)
    {
        var streams = new SortedDictionary<int, ProbedStream>();
        var container = "";
        ProbedStream? described = null;
        var arguments = $"-v error {input.Options} -select_streams v -show_entries {Entries} -of compact {input.Text}";
        using var ffprobe = new FfmpegProcess(_program.FfprobePath, arguments, path, allowed, cancel);
        while (ffprobe.Lines.ReadLine() is { } line)
        {
            if (FfprobeText.Fields(line, "packet") is { Count: > 0 } packet)
                StreamOf(packet.Number("stream_index")).AddPacket(packet, line.Contains("New Extradata", StringComparison.Ordinal));
            else if (FfprobeText.Fields(line, "stream") is { Count: > 0 } stream)
                (described = StreamOf(stream.Number("index"))).Describe(stream);
            else if (FfprobeText.Fields(line, "side_data") is { Count: > 0 } sideData) described?.DescribeSideData(sideData);
            else if (FfprobeText.Fields(line, "format") is { Count: > 0 } format) container = format.GetValueOrDefault("format_name", "");
        }

        if (ffprobe.WaitForExit() != 0 && container.Length == 0) throw Refused(path, ffprobe.ErrorOutput);
        return ([.. streams.Values.Where(stream => stream.IsVideo)], container, ffprobe.ErrorOutput);

        ProbedStream StreamOf(long? index)
        {
            var number = (int)(index ?? -1);
            if (!streams.TryGetValue(number, out var stream)) streams[number] = stream = new ProbedStream(number);
            return stream;
        }
    }

    /// <summary>
    /// Chooses the first video stream with more than one frame, or, if there is none, a still image or a video of one frame.
    /// </summary>
    private static ProbedStream Choose(List<ProbedStream> all, string path, string errorOutput)
    {
        if (all.Count == 0) throw new VideoUnusableException(path, UnusableReason.NotAVideo, $"{path} has no video stream.");
        return all.Find(stream => stream.Shown > 1) ?? all.Find(stream => stream.Shown == 1) ?? throw new VideoUnusableException(
            path, UnusableReason.Corrupt, $"The video stream of {path} holds no data. {FfprobeText.LastLine(errorOutput, path)}".TrimEnd());
    }

    private static VideoUnusableException Refused(string path, string errorOutput)
    {
        if (errorOutput.Contains("not on whitelist", StringComparison.OrdinalIgnoreCase)
            || errorOutput.EndsWith("Invalid argument", StringComparison.Ordinal))
        {
            return new(
                path,
                UnusableReason.NotAVideo,
                $"{path} is not a video container that is allowed (it is a playlist, a script, an image under a video's name, or something "
                + "else).");
        }

        var says = FfprobeText.LastLine(errorOutput, path);
        return errorOutput.Contains("Invalid data", StringComparison.Ordinal)
            ? new(
                path, UnusableReason.NotAVideo, $"{path} is not a video that ffmpeg recognises, or its header is missing. {says}".TrimEnd())
            : new(path, UnusableReason.Unreadable, $"{path} cannot be opened. {says}".TrimEnd());
    }
}
