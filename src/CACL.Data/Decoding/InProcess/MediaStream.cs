using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>A stream of an open <see cref="MediaFile"/>; valid as long as the file is open.</summary>
internal readonly unsafe struct MediaStream
{
    private const int Video = 0; // AVMEDIA_TYPE_VIDEO
    private const int AttachedPicture = 0x0400; // AV_DISPOSITION_ATTACHED_PIC
    private const int DiscardAll = 48; // AVDISCARD_ALL
    private const int DisplayMatrix = 5; // AV_PKT_DATA_DISPLAYMATRIX

    private readonly FfmpegLibraries _ffmpeg;
    private readonly byte* _stream;

    public MediaStream(FfmpegLibraries ffmpeg, byte* stream)
    {
        _ffmpeg = ffmpeg;
        _stream = stream;
    }

    /// <summary>AVCodecParameters.</summary>
    public byte* Parameters => *(byte**)(_stream + Layouts.StreamParameters);

    public int CodecId => *(int*)(Parameters + StructLayouts.ParametersCodecId);

    public string CodecName => _ffmpeg.Functions.CodecName(CodecId);

    /// <summary>Whether the stream is a video stream and not a cover picture.</summary>
    public bool IsVideo => *(int*)(Parameters + StructLayouts.ParametersCodecType) == Video
        && (*(int*)(_stream + Layouts.StreamDisposition) & AttachedPicture) == 0;

    public (int Numerator, int Denominator) TimeBase =>
        (*(int*)(_stream + Layouts.StreamTimeBase), *(int*)(_stream + Layouts.StreamTimeBase + 4));

    /// <summary>Number of frames that the header promises; 0 if it does not say.</summary>
    public long PromisedFrames => *(long*)(_stream + Layouts.StreamFrameCount);

    public int Width => *(int*)(Parameters + Layouts.ParametersWidth);

    public int Height => *(int*)(Parameters + Layouts.ParametersHeight);

    public int ReorderDelay => *(int*)(Parameters + Layouts.ParametersVideoDelay);

    /// <summary>
    /// Whether the pictures consist of two fields (AVFieldOrder above progressive): then a packet may contain one field only.
    /// </summary>
    public bool IsInterlaced => *(int*)(Parameters + Layouts.ParametersFieldOrder) > 1;

    public ReadOnlySpan<byte> ExtraData =>
        new(*(byte**)(Parameters + StructLayouts.ParametersExtraData), *(int*)(Parameters + StructLayouts.ParametersExtraDataSize));

    /// <summary>The orientation for display that the container names. <see cref="MediaFrame.Orientation"/> takes precedence.</summary>
    public DisplayOrientation Orientation
    {
        get
        {
            var matrix = _ffmpeg.Functions.StreamSideData(_stream, Layouts, DisplayMatrix);
            return matrix == null ? default : DisplayOrientation.OfMatrix(new ReadOnlySpan<int>(matrix, 9));
        }
    }

    private StructLayouts Layouts => _ffmpeg.Layouts;

    /// <summary>Tells the demuxer to skip this stream's packets.</summary>
    public void Discard() => *(int*)(_stream + Layouts.StreamDiscard) = DiscardAll;
}
