using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding.Workers;

/// <summary>Videos and pairs as they stand in messages: what a decoder uses of them, and nothing else.</summary>
internal static class WorkerRecords
{
    /// <summary>More frames than any video has; a month at 24 a second.</summary>
    private const int MostFrames = 64 << 20;

    public static void Write(BinaryWriter writer, VideoRecord video)
    {
        writer.Write(video.Path);
        writer.Write(video.StreamIndex);
        writer.Write(video.Codec);
        writer.Write(video.Width);
        writer.Write(video.Height);
        writer.Write(video.Orientation.Rotation);
        writer.Write(video.Orientation.Mirrored);
        writer.Write(video.ReorderDelay);
        writer.Write((byte)video.CountedBy);
        var frames = video.Frames;
        writer.Write(frames.TimeBaseNumerator);
        writer.Write(frames.TimeBaseDenominator);
        writer.Write(frames.Seekable);
        writer.Write(frames.Count);
        var index = FrameIndexCodec.Encode(frames.Times, frames.KeyFrames);
        writer.Write(index.Length);
        writer.Write(index);
    }

    /// <exception cref="InvalidDataException">It cannot be a video.</exception>
    public static VideoRecord ReadVideo(BinaryReader reader)
    {
        var (path, stream, codec) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        var (width, height) = (reader.ReadInt32(), reader.ReadInt32());
        var orientation = new DisplayOrientation(reader.ReadInt32(), reader.ReadBoolean());
        var (delay, countedBy) = (reader.ReadInt32(), (CountedBy)reader.ReadByte());
        var (numerator, denominator, seekable) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        var (count, length) = (reader.ReadInt32(), reader.ReadInt32());
        if (count is < 0 or > MostFrames || !Enum.IsDefined(countedBy) || orientation.Rotation is not (0 or 90 or 180 or 270))
            throw new InvalidDataException("a video that cannot be");
        var (times, keys) = FrameIndexCodec.Decode(reader.ReadBytes(length), count);
        return new VideoRecord(
            path, stream, codec, width, height, orientation, delay, countedBy,
            new FrameIndex(numerator, denominator, times, keys, seekable));
    }

    public static void Write(BinaryWriter writer, SamplePlan plan)
    {
        writer.Write(plan.Frame);
        writer.Write(plan.Stride);
        Write(writer, plan.View.Box);
        Write(writer, plan.ViewPlus.Box);
    }

    public static SamplePlan ReadPlan(BinaryReader reader)
    {
        var (frame, stride) = (reader.ReadInt32(), reader.ReadInt32());
        return new SamplePlan(0, 0, 0, VideoId: 0, frame, stride, ReadView(reader), ReadView(reader), EnqueuePixels: []);
    }

    private static void Write(BinaryWriter writer, CropBox box)
    {
        writer.Write(box.X);
        writer.Write(box.Y);
        writer.Write(box.Width);
        writer.Write(box.Height);
    }

    private static ViewPlan ReadView(BinaryReader reader) => new(
        new CropBox(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32()), Flip: false, default, RollY: 0,
        RollX: 0);
}
