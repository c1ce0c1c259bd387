namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Tries a table of offsets on fresh objects whose contents ffmpeg documents, so that a wrong table is refused at load and never
/// reads garbage from a video. The interrupt callback's place is proved at each open: see <see cref="MediaFile"/>.
/// </summary>
internal static unsafe class LayoutCheck
{
    private const int Unspecified = 2; // AVCOL_SPC_UNSPECIFIED

    /// <summary>Null, or the first structure that is not as expected.</summary>
    public static string? Fault(FfmpegFunctions ffmpeg, StructLayouts layouts) =>
        PacketFault(ffmpeg) ?? FrameFault(ffmpeg, layouts) ?? FormatFault(ffmpeg, layouts);

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
                && Int(frame, FrameLayout.Width) == 0 && Long(frame, layouts.FrameBestEffortTime) == FfmpegFunctions.NoTime
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

    private static int Int(byte* at, int offset) => *(int*)(at + offset);

    private static long Long(byte* at, int offset) => *(long*)(at + offset);
}
