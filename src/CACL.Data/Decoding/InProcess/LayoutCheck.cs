namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Tries a table of offsets on fresh objects whose contents ffmpeg documents, so that a wrong table is refused when the libraries are
/// loaded and never reads garbage from a video. The place of the interrupt callback is verified whenever a file is opened: see <see
/// cref="MediaFile"/>.
/// </summary>
internal static unsafe class LayoutCheck
{
    private const int Unspecified = 2; // AVCOL_SPC_UNSPECIFIED

    // Sequence and picture parameter sets and the smallest possible key picture, then the smallest predicted one, both black.
    private static ReadOnlySpan<byte> KeyPicture =>
    [
        0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xda, 0x2e, 0xc0, 0x44, 0, 0, 3, 0, 4, 0, 0, 3, 0, 8, 0x3c, 0x48, 0x9a, 0x80,
        0, 0, 0, 1, 0x68, 0xce, 0x0f, 0xc8, 0, 0, 1, 0x65, 0x88, 0x84, 0x3a, 0x26, 0x28, 0, 9, 2, 0xc9, 0xe0,
    ];

    private static ReadOnlySpan<byte> NextPicture => [0, 0, 0, 1, 0x41, 0x9a, 0x20, 0x14, 0xa7];

    /// <summary>Returns null, or the first structure that is not as expected.</summary>
    public static string? Fault(FfmpegFunctions ffmpeg, StructLayouts layouts) =>
        PacketFault(ffmpeg) ?? FrameFault(ffmpeg, layouts) ?? FormatFault(ffmpeg, layouts) ?? ParserFault(ffmpeg, layouts);

    private static string? PacketFault(FfmpegFunctions ffmpeg)
    {
        var packet = ffmpeg.PacketAllocate();
        try
        {
            return Long(packet, PacketLayout.Pts) == FfmpegFunctions.NoTime && Long(packet, PacketLayout.Dts) == FfmpegFunctions.NoTime
                && Int(packet, PacketLayout.Size) == 0 && Long(packet, PacketLayout.Position) == -1 ? null : "AVPacket";
        }
        finally
        {
            ffmpeg.PacketFree(&packet);
        }
    }

    private static string? FrameFault(FfmpegFunctions ffmpeg, StructLayouts layouts)
    {
        var frame = ffmpeg.FrameAllocate();
        try
        {
            return Long(frame, FrameLayout.Pts) == FfmpegFunctions.NoTime && Int(frame, FrameLayout.Format) == -1
                && Int(frame, FrameLayout.KeyFrame) is 0 or 1 && Int(frame, FrameLayout.Width) == 0
                && Long(frame, layouts.FrameBestEffortTime) == FfmpegFunctions.NoTime
                && Int(frame, layouts.FrameColourSpace) == Unspecified && Int(frame, layouts.FrameColourRange) == 0
                && Int(frame, layouts.FrameFlags) == 0 && Int(frame, layouts.FrameDecodeErrors) == 0 ? null : "AVFrame";
        }
        finally
        {
            ffmpeg.FrameFree(&frame);
        }
    }

    private static string? FormatFault(FfmpegFunctions ffmpeg, StructLayouts layouts)
    {
        var format = ffmpeg.FormatAllocate();
        try
        {
            if (Int(format, StructLayouts.FormatStreamCount) != 0) return "AVFormatContext";
            var made = stackalloc byte*[2];
            for (var i = 0; i < 2; i++) made[i] = ffmpeg.NewStream(format, null);
            if (Int(format, StructLayouts.FormatStreamCount) != 2) return "AVFormatContext";
            var streams = *(byte***)(format + StructLayouts.FormatStreams);
            for (var i = 0; i < 2; i++)
            {
                if (streams[i] != made[i]) return "AVFormatContext";
                if (StreamFault(made[i], i, layouts) is { } fault) return fault;
            }

            return null;
        }
        finally
        {
            ffmpeg.FormatFree(format);
        }
    }

    private static string? StreamFault(byte* stream, int index, StructLayouts layouts)
    {
        if (Int(stream, layouts.StreamIndex) != index || Long(stream, layouts.StreamStartTime) != FfmpegFunctions.NoTime
            || Long(stream, layouts.StreamFrameCount) != 0 || Int(stream, layouts.StreamDisposition) != 0
            || Int(stream, layouts.StreamDiscard) != 0 || Long(stream, layouts.StreamTimeBase) != 0)
        {
            return "AVStream";
        }

        var parameters = *(byte**)(stream + layouts.StreamParameters);
        return parameters != null && Int(parameters, StructLayouts.ParametersCodecType) == -1
            && Int(parameters, StructLayouts.ParametersCodecId) == 0 && Int(parameters, layouts.ParametersFormat) == -1
            && Int(parameters, layouts.ParametersWidth) == 0 && Int(parameters, layouts.ParametersHeight) == 0
            && Int(parameters, layouts.ParametersVideoDelay) == 0 ? null : "AVCodecParameters";
    }

    /// <summary>Lets the H.264 parser read the headers of two pictures: 32×16 pixels, whole frames, orders 0 and 2.</summary>
    private static string? ParserFault(FfmpegFunctions ffmpeg, StructLayouts layouts)
    {
        const int H264 = 27; // AV_CODEC_ID_H264
        var parser = ffmpeg.ParserCreate(H264);
        var context = ffmpeg.ContextAllocate(null);
        try
        {
            if (parser == null || context == null) return "AVCodecParserContext";
            *(int*)(parser + StructLayouts.ParserFlags) |= 1; // PARSER_FLAG_COMPLETE_FRAMES
            return Order(ffmpeg, layouts, parser, context, KeyPicture) == 0 && Int(parser, StructLayouts.ParserKeyFrame) == 1
                && Order(ffmpeg, layouts, parser, context, NextPicture) == 2 && Int(parser, StructLayouts.ParserKeyFrame) == 0
                && Int(parser, layouts.ParserWidth) == 32 && Int(parser, layouts.ParserWidth + 4) == 16
                && Int(parser, layouts.ParserPictureStructure) == 3 ? null : "AVCodecParserContext";
        }
        finally
        {
            if (parser != null) ffmpeg.ParserFree(parser);
            if (context != null) ffmpeg.ContextFree(&context);
        }
    }

    private static int Order(FfmpegFunctions ffmpeg, StructLayouts layouts, byte* parser, byte* context, ReadOnlySpan<byte> picture)
    {
        const int Padding = 64; // AV_INPUT_BUFFER_PADDING_SIZE
        var padded = stackalloc byte[picture.Length + Padding];
        new Span<byte>(padded, picture.Length + Padding).Clear();
        picture.CopyTo(new Span<byte>(padded, picture.Length));
        byte* data;
        int size;
        ffmpeg.Parse(parser, context, &data, &size, padded, picture.Length, FfmpegFunctions.NoTime, FfmpegFunctions.NoTime, -1);
        return Int(parser, layouts.ParserOutputNumber);
    }

    private static int Int(byte* at, int offset) => *(int*)(at + offset);

    private static long Long(byte* at, int offset) => *(long*)(at + offset);
}
