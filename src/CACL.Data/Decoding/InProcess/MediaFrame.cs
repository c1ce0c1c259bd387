using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>Owns an AVFrame, which is reused for frame after frame.</summary>
internal sealed unsafe class MediaFrame : IDisposable
{
    private const int Corrupt = 1; // AV_FRAME_FLAG_CORRUPT
    private const int DisplayMatrix = 6; // AV_FRAME_DATA_DISPLAYMATRIX

    private static readonly Version HeededSince = new(59, 37); // libavcodec of ffmpeg 5.1

    private readonly FfmpegLibraries _ffmpeg;
    private byte* _frame;

    public MediaFrame(FfmpegLibraries ffmpeg)
    {
        _ffmpeg = ffmpeg;
        _frame = ffmpeg.Functions.FrameAllocate();
        if (_frame == null) throw new InsufficientMemoryException("ffmpeg could not allocate a frame.");
    }

    public byte* Pointer => _frame;

    public byte** Planes => (byte**)(_frame + FrameLayout.Data);

    public int* LineSizes => (int*)(_frame + FrameLayout.LineSize);

    public int Width => *(int*)(_frame + FrameLayout.Width);

    public int Height => *(int*)(_frame + FrameLayout.Height);

    /// <summary>AVPixelFormat.</summary>
    public int Format => *(int*)(_frame + FrameLayout.Format);

    public long Pts => *(long*)(_frame + FrameLayout.Pts);

    /// <summary>Whether the decoder says that the frame refers to no other.</summary>
    public bool IsKey => *(int*)(_frame + FrameLayout.KeyFrame) != 0;

    /// <summary>ffmpeg's guess from packet and decoding times where <see cref="Pts"/> is not known.</summary>
    public long BestEffortTime => *(long*)(_frame + _ffmpeg.Layouts.FrameBestEffortTime);

    /// <summary>AVColorSpace: the matrix between YUV and RGB.</summary>
    public int ColourSpace => *(int*)(_frame + _ffmpeg.Layouts.FrameColourSpace);

    /// <summary>AVColorRange: 0 unknown, 1 limited, 2 full.</summary>
    public int ColourRange => *(int*)(_frame + _ffmpeg.Layouts.FrameColourRange);

    /// <summary>
    /// The orientation for display that the picture itself names (a JPEG's EXIF entry, an H.264 or HEVC message), or null. ffmpeg heeds it
    /// from 5.1 on; older decoders reported some of it wrongly.
    /// </summary>
    public DisplayOrientation? Orientation
    {
        get
        {
            var sideData = _ffmpeg.CodecVersion >= HeededSince ? _ffmpeg.Functions.FrameSideData(_frame, DisplayMatrix) : null;
            if (sideData == null) return null;
            return DisplayOrientation.OfMatrix(new ReadOnlySpan<int>(*(byte**)(sideData + FrameLayout.SideDataBytes), 9));
        }
    }

    /// <summary>Whether the decoder found the frame damaged.</summary>
    public bool IsDamaged =>
        (*(int*)(_frame + _ffmpeg.Layouts.FrameFlags) & Corrupt) != 0 || *(int*)(_frame + _ffmpeg.Layouts.FrameDecodeErrors) != 0;

    public void Clear() => _ffmpeg.Functions.FrameUnreference(_frame);

    public void Dispose()
    {
        var frame = _frame;
        _frame = null;
        _ffmpeg.Functions.FrameFree(&frame);
    }
}
