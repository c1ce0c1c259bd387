namespace CACL.Data.Decoding.Isolated;

/// <summary>Which of the frames that the program returns is the first of the video: see <see cref="ConcealingCodecs"/>.</summary>
internal static class LeadingFrames
{
    /// <summary>Counts the frames before the first one of the video.</summary>
    /// <param name="codec">ffmpeg's name of the codec.</param>
    /// <param name="firstPacket">The stream's first packet, by time and place in the file.</param>
    /// <param name="frames">Its frames in presentation order, as far as they were decoded: at least to the first key frame.</param>
    /// <returns>Their number; that of all frames where there is no key frame.</returns>
    internal static int CountBefore(string codec, (long? Time, long? Position) firstPacket, IReadOnlyList<ProbedFrame> frames)
    {
        if (!ConcealingCodecs.Contains(codec)) return 0;
        var first = 0;
        while (first < frames.Count && !frames[first].IsKey) first++;
        // HEVC's pictures that follow the key frame and are shown before it are whole where nothing precedes it.
        return codec == ConcealingCodecs.Hevc && first < frames.Count && IsOf(frames[first], firstPacket) ? 0 : first;
    }

    private static bool IsOf(ProbedFrame frame, (long? Time, long? Position) packet) =>
        frame.Time is { } time ? packet.Time == time : frame.Position is { } position && packet.Position == position;
}
