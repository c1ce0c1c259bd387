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

    private static bool IsOf(ProbedFrame frame, (long? Time, long? Position) packet) =>
        frame.Time is { } time ? packet.Time == time : frame.Position is { } position && packet.Position == position;
}
