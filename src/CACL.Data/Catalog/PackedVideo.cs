namespace CACL.Data.Catalog;

/// <summary>
/// What a decoder must know about a video, without its path, in the catalogue's compact form: another machine decodes with it what it has
/// no catalogue of.
/// </summary>
/// <param name="StreamIndex">See <see cref="VideoRecord"/>, as for the others.</param>
/// <param name="Codec">ffmpeg's name of the codec.</param>
/// <param name="Width">Displayed width in pixels.</param>
/// <param name="Height">Displayed height in pixels.</param>
/// <param name="Rotation">Clockwise rotation, degrees.</param>
/// <param name="Mirrored">Whether the order of the rows is reversed first.</param>
/// <param name="ReorderDelay">Frames that the codec may hold back.</param>
/// <param name="CountedBy">How the frames were counted.</param>
/// <param name="TimeBaseNumerator">One tick lasts numerator/denominator seconds.</param>
/// <param name="TimeBaseDenominator">See <paramref name="TimeBaseNumerator"/>.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Seekable">Whether a frame can be found by its time.</param>
/// <param name="Index">Times and key frames, packed.</param>
public sealed record PackedVideo(
    int StreamIndex,
    string Codec,
    int Width,
    int Height,
    int Rotation,
    bool Mirrored,
    int ReorderDelay,
    CountedBy CountedBy,
    int TimeBaseNumerator,
    int TimeBaseDenominator,
    int Frames,
    bool Seekable,
    byte[] Index)
{
    /// <summary>Packs a record.</summary>
    public static PackedVideo Of(VideoRecord video)
    {
        ArgumentNullException.ThrowIfNull(video);
        var frames = video.Frames;
        return new PackedVideo(
            video.StreamIndex, video.Codec, video.Width, video.Height, video.Orientation.Rotation, video.Orientation.Mirrored,
            video.ReorderDelay, video.CountedBy, frames.TimeBaseNumerator, frames.TimeBaseDenominator, frames.Count, frames.Seekable,
            FrameIndexCodec.Encode(frames.Times, frames.KeyFrames));
    }

    /// <summary>Returns the record of the same video under a path of this machine.</summary>
    /// <param name="path">Absolute path.</param>
    /// <exception cref="InvalidDataException">The packed times are damaged.</exception>
    public VideoRecord Unpack(string path)
    {
        var (times, keyFrames) = FrameIndexCodec.Decode(Index, Frames);
        return new VideoRecord(
            path, StreamIndex, Codec, Width, Height, new DisplayOrientation(Rotation, Mirrored), ReorderDelay, CountedBy,
            new FrameIndex(TimeBaseNumerator, TimeBaseDenominator, times, keyFrames, Seekable));
    }
}
