using CACL.Data.Catalog;
using CACL.Data.DataSets;

namespace CACL.Data.Decoding.InProcess;

/// <summary>A codec context of libavcodec on one thread: packets in, frames out. Owns the native context.</summary>
internal sealed unsafe class FrameDecoder : IDisposable
{
    private const int SkipNothing = 0; // AVDISCARD_DEFAULT
    private const int SkipNonReference = 8; // AVDISCARD_NONREF
    private const int FailOnErrors = 1 | 8; // AV_EF_CRCCHECK | AV_EF_EXPLODE
    private const int MostErrorsAtOnce = 64;

    private static readonly byte[] Threads = FfmpegFunctions.Bytes("threads");
    private static readonly byte[] SkipFrame = FfmpegFunctions.Bytes("skip_frame");
    private static readonly byte[] ErrorDetection = FfmpegFunctions.Bytes("err_detect");
    private static readonly byte[] MostPixels = FfmpegFunctions.Bytes("max_pixels");
    private static readonly byte[] ReorderDelay = FfmpegFunctions.Bytes("has_b_frames");

    private readonly FfmpegFunctions _ffmpeg;
    private readonly string _path;
    private byte* _context;
    private bool _skipping;

    /// <summary>Opens the decoder for a stream.</summary>
    /// <param name="ffmpeg">The libraries.</param>
    /// <param name="path">For messages.</param>
    /// <param name="stream">The stream; its parameters are copied.</param>
    /// <param name="reorderDelay">Frames to hold back for reordering; null: as the stream says.</param>
    /// <param name="wholeOnly">Whether a picture of which a part is missing or damaged counts as none, as a still image's does; otherwise
    /// the decoder returns what it makes of the rest.</param>
    /// <exception cref="VideoUnusableException">There is no decoder, or the decoder refuses the stream.</exception>
    public FrameDecoder(FfmpegLibraries ffmpeg, string path, MediaStream stream, int? reorderDelay, bool wholeOnly = false)
    {
        _ffmpeg = ffmpeg.Functions;
        _path = path;
        var decoder = _ffmpeg.FindDecoder(stream.CodecId);
        if (decoder == null)
            throw new VideoUnusableException(
                path, UnusableReason.UnknownCodec, $"The installed ffmpeg has no decoder for the codec {stream.CodecName} of {path}.");
        _context = _ffmpeg.ContextAllocate(decoder);
        if (_context == null) throw DecoderFaultException.Of(path, "ffmpeg could not allocate a decoder");
        var error = _ffmpeg.ContextFromParameters(_context, stream.Parameters);
        if (error >= 0)
        {
            // One thread per decoder: the pool of decoders uses the cores, and frame threads would only add latency to each pair.
            SetOption(Threads, 1);
            if (wholeOnly)
            {
                SetOption(ErrorDetection, FailOnErrors);
                SetOption(MostPixels, ImageLimits.Pixels);
            }

            if (reorderDelay is { } delay) SetOption(ReorderDelay, delay);
            error = _ffmpeg.ContextOpen(_context, decoder, null);
        }

        if (error >= 0) return;
        Dispose();
        _ffmpeg.ThrowIfLack(error, path);
        throw new VideoUnusableException(
            path, UnusableReason.Corrupt, $"The decoder for {stream.CodecName} refuses {path}: {_ffmpeg.Describe(error)}.");
    }

    /// <summary>
    /// Whether frames to which no other frame refers are skipped. Exact for H.264 only, where nal_ref_idc tells; HEVC's sub-layer
    /// non-reference pictures may be referred to from a higher layer.
    /// </summary>
    public bool SkipsNonReference
    {
        get => _skipping;
        set
        {
            if (_skipping == value) return;
            SetOption(SkipFrame, value ? SkipNonReference : SkipNothing);
            _skipping = value;
        }
    }

    /// <summary>Sends the decoder a packet; null says that no more will come, and that it is to return what it holds back.</summary>
    /// <returns>False if the decoder found the packet damaged.</returns>
    /// <exception cref="DecoderFaultException">The machine lacks memory or another resource.</exception>
    public bool Send(MediaPacket? packet)
    {
        var error = _ffmpeg.SendPacket(_context, packet is null ? null : packet.Pointer);
        _ffmpeg.ThrowIfLack(error, _path);
        return error >= 0;
    }

    /// <summary>Receives the next frame in presentation order.</summary>
    /// <param name="frame">Receives the frame.</param>
    /// <param name="damaged">Set if the decoder failed on what it was sent.</param>
    /// <returns>False if there is none until more packets are sent, or, after the end, none at all.</returns>
    /// <exception cref="DecoderFaultException">The machine lacks memory or another resource.</exception>
    public bool Receive(MediaFrame frame, ref bool damaged)
    {
        for (var errors = 0; errors < MostErrorsAtOnce; errors++)
        {
            var error = _ffmpeg.ReceiveFrame(_context, frame.Pointer);
            if (error >= 0) return true;
            if (error is FfmpegFunctions.Again or FfmpegFunctions.EndOfFile) return false;
            _ffmpeg.ThrowIfLack(error, _path);
            damaged = true; // one frame that was held back failed; the next may not
        }

        return false;
    }

    /// <summary>Discards all frames, so that decoding can start again at a key frame.</summary>
    public void Flush() => _ffmpeg.Flush(_context);

    public void Dispose()
    {
        if (_context == null) return;
        var context = _context;
        _context = null;
        _ffmpeg.ContextFree(&context);
    }

    private void SetOption(byte[] name, long value)
    {
        fixed (byte* key = name) _ffmpeg.OptionSetInt(_context, key, value, 0);
    }
}
