using System.Globalization;

namespace CACL.Data.Preparation;

/// <summary>The codec of prepared files.</summary>
public enum PreparedCodec
{
    /// <summary>H.264 without B-frames, without arithmetic coding and loop filter, which decodes fastest.</summary>
    H264,

    /// <summary>Motion JPEG: every frame by itself, in three to four times the space.</summary>
    Mjpeg,
}

/// <summary>How prepared files are made.</summary>
public sealed record PreparationFormat
{
    /// <summary>Codec.</summary>
    public PreparedCodec Codec { get; init; }

    /// <summary>Short side of the pictures, pixels; an even number. A shorter one stays as it is.</summary>
    public int ShortSide { get; init; } = 256;

    /// <summary>Frames from one key frame to the next. Motion JPEG has key frames only.</summary>
    public int Gop { get; init; } = 8;

    /// <summary>H.264's constant rate factor, 0 to 51, or Motion JPEG's scale, 2 to 31; less is better. Null: the default.</summary>
    public int? Quality { get; init; }

    /// <summary>The quality that is used.</summary>
    public int UsedQuality => Quality ?? (Codec == PreparedCodec.H264 ? 20 : 3);

    /// <summary>The format in words. Files of equal words are made alike.</summary>
    public string Text => Codec == PreparedCodec.H264
        ? string.Create(CultureInfo.InvariantCulture, $"H.264, short side {ShortSide}, GOP {Gop}, CRF {UsedQuality}")
        : string.Create(CultureInfo.InvariantCulture, $"Motion JPEG, short side {ShortSide}, scale {UsedQuality}");

    /// <summary>The encoder of ffmpeg that makes it.</summary>
    internal string Encoder => Codec == PreparedCodec.H264 ? "libx264" : "mjpeg";

    /// <summary>ffmpeg's name of the codec.</summary>
    internal string CodecName => Codec == PreparedCodec.H264 ? "h264" : "mjpeg";

    /// <summary>
    /// Returns the size of the pictures made of displayed pictures of another size: the short side at most <see cref="ShortSide"/>, the
    /// shape kept. Both sides are even, since two columns or rows share a sample of the chroma; an odd side grows by a pixel.
    /// </summary>
    internal (int Width, int Height) SizeOf(int width, int height)
    {
        var scale = Math.Min(1, (double)ShortSide / Math.Min(width, height));
        return (Even(width * scale), Even(height * scale));

        static int Even(double side) => Math.Max(2, 2 * (int)Math.Round(side / 2, MidpointRounding.AwayFromZero));
    }
}
