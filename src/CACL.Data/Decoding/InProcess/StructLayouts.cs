namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// The offsets, in bytes, of the few fields in ffmpeg's structures that have no accessor function, for one set of library versions. The
/// numbers are what <c>offsetof</c> gives on x86-64 with the public headers of each release (libavformat/avformat.h,
/// libavcodec/codec_par.h, libavcodec/packet.h, libavcodec/avcodec.h, libavutil/frame.h): 4.3.7 and 4.4.1 (both give the same), 5.1.9,
/// 6.1.1 and 7.1.5. Within a major version ffmpeg only appends fields. <see cref="LayoutCheck"/> tries them on live objects before anything
/// relies on them. AVPacket's fields, and AVFrame's up to pts, are the same in all four sets: see <see cref="PacketLayout"/> and <see
/// cref="FrameLayout"/>.
/// </summary>
internal sealed record StructLayouts
{
    /// <summary>AVFormatContext.interrupt_callback: function pointer, then its argument.</summary>
    public required int FormatInterruptCallback { get; init; }

    public required int StreamIndex { get; init; }

    public required int StreamParameters { get; init; }

    public required int StreamTimeBase { get; init; }

    public required int StreamStartTime { get; init; }

    /// <summary>AVStream.nb_frames: the number of frames that the header promises, 0 if it does not say.</summary>
    public required int StreamFrameCount { get; init; }

    public required int StreamDisposition { get; init; }

    public required int StreamDiscard { get; init; }

    public required int ParametersFormat { get; init; }

    public required int ParametersWidth { get; init; }

    public required int ParametersHeight { get; init; }

    public required int ParametersFieldOrder { get; init; }

    public required int ParametersVideoDelay { get; init; }

    /// <summary>
    /// AVCodecParameters.coded_side_data (pointer, then a count); null where a stream's side data has an accessor instead.
    /// </summary>
    public required int? ParametersSideData { get; init; }

    public required int FrameFlags { get; init; }

    public required int FrameColourRange { get; init; }

    public required int FrameColourSpace { get; init; }

    public required int FrameBestEffortTime { get; init; }

    public required int FrameDecodeErrors { get; init; }

    /// <summary>AVCodecParserContext.picture_structure; output_picture_number and the size follow it.</summary>
    public required int ParserPictureStructure { get; init; }

    public int ParserOutputNumber => ParserPictureStructure + 4;

    /// <summary>AVCodecParserContext.width, then height.</summary>
    public int ParserWidth => ParserPictureStructure + 8;

    // The same in all four sets.
    public const int ParserFlags = 184;
    public const int ParserKeyFrame = 232;
    public const int FormatInput = 8;
    public const int FormatStreamCount = 44;
    public const int FormatStreams = 48;
    public const int ParametersCodecType = 0;
    public const int ParametersCodecId = 4;
    public const int ParametersExtraData = 16;
    public const int ParametersExtraDataSize = 24;

    /// <summary>ffmpeg 4.x: libavutil 56, libavcodec and libavformat 58, libswscale 5.</summary>
    public static StructLayouts Ffmpeg4 { get; } = new()
    {
        FormatInterruptCallback = 1224,
        StreamIndex = 0,
        StreamParameters = 208,
        StreamTimeBase = 24,
        StreamStartTime = 32,
        StreamFrameCount = 48,
        StreamDisposition = 56,
        StreamDiscard = 60,
        ParametersFormat = 28,
        ParametersWidth = 56,
        ParametersHeight = 60,
        ParametersFieldOrder = 72,
        ParametersVideoDelay = 96,
        ParametersSideData = null,
        FrameFlags = 380,
        FrameColourRange = 384,
        FrameColourSpace = 396,
        FrameBestEffortTime = 408,
        FrameDecodeErrors = 440,
        ParserPictureStructure = 320,
    };

    /// <summary>ffmpeg 5.x: libavutil 57, libavcodec and libavformat 59, libswscale 6.</summary>
    public static StructLayouts Ffmpeg5 { get; } = new()
    {
        FormatInterruptCallback = 200,
        StreamIndex = 0,
        StreamParameters = 208,
        StreamTimeBase = 16,
        StreamStartTime = 24,
        StreamFrameCount = 40,
        StreamDisposition = 48,
        StreamDiscard = 52,
        ParametersFormat = 28,
        ParametersWidth = 56,
        ParametersHeight = 60,
        ParametersFieldOrder = 72,
        ParametersVideoDelay = 96,
        ParametersSideData = null,
        FrameFlags = 316,
        FrameColourRange = 320,
        FrameColourSpace = 332,
        FrameBestEffortTime = 344,
        FrameDecodeErrors = 376,
        ParserPictureStructure = 304,
    };

    /// <summary>ffmpeg 6.x: libavutil 58, libavcodec and libavformat 60, libswscale 7.</summary>
    public static StructLayouts Ffmpeg6 { get; } = Ffmpeg5 with
    {
        StreamIndex = 8,
        StreamParameters = 16,
        StreamTimeBase = 32,
        StreamStartTime = 40,
        StreamFrameCount = 56,
        StreamDisposition = 64,
        StreamDiscard = 68,
    };

    /// <summary>ffmpeg 7.x: libavutil 59, libavcodec and libavformat 61, libswscale 8.</summary>
    public static StructLayouts Ffmpeg7 { get; } = Ffmpeg6 with
    {
        FormatInterruptCallback = 216,
        ParametersFormat = 44,
        ParametersWidth = 72,
        ParametersHeight = 76,
        ParametersFieldOrder = 96,
        ParametersVideoDelay = 120,
        ParametersSideData = 32,
        FrameFlags = 292,
        FrameColourRange = 296,
        FrameColourSpace = 308,
        FrameBestEffortTime = 320,
        FrameDecodeErrors = 344,
    };
}

/// <summary>AVPacket's fields (libavcodec/packet.h), in bytes.</summary>
internal static class PacketLayout
{
    public const int Pts = 8;
    public const int Dts = 16;
    public const int Data = 24;
    public const int Size = 32;
    public const int StreamIndex = 36;
    public const int Flags = 40;
    public const int Position = 72;
}

/// <summary>AVFrame's fields that lie alike in all sets (libavutil/frame.h), in bytes.</summary>
internal static class FrameLayout
{
    public const int Data = 0;
    public const int LineSize = 64;
    public const int Width = 104;
    public const int Height = 108;
    public const int Format = 116;
    public const int KeyFrame = 120;
    public const int Pts = 136;

    /// <summary>AVFrameSideData.data, behind its type.</summary>
    public const int SideDataBytes = 8;
}
