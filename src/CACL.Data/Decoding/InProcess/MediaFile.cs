using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>A file opened by libavformat: its streams and its packets. Owns the native context; one thread at a time.</summary>
internal sealed unsafe class MediaFile : IDisposable
{
    private const int SeekBackward = 1; // AVSEEK_FLAG_BACKWARD

    private static readonly byte[] ProtocolKey = FfmpegFunctions.Bytes("protocol_whitelist");
    private static readonly byte[] ProtocolValue = FfmpegFunctions.Bytes("file");
    private static readonly byte[] FormatKey = FfmpegFunctions.Bytes("format_whitelist");
    private static readonly byte[] FormatValue = FfmpegFunctions.Bytes(AllowedFormats.Video);

    private readonly FfmpegLibraries _ffmpeg;
    private readonly Deadline _deadline;
    private byte* _context;

    private MediaFile(FfmpegLibraries ffmpeg, string path, Deadline deadline, byte* context)
    {
        _ffmpeg = ffmpeg;
        Path = path;
        _deadline = deadline;
        _context = context;
    }

    public string Path { get; }

    /// <summary>ffmpeg's name of the container format, such as "mov,mp4,m4a,3gp,3g2,mj2".</summary>
    public string Container => FfmpegFunctions.Text(**(byte***)(_context + StructLayouts.FormatInput));

    public int StreamCount => *(int*)(_context + StructLayouts.FormatStreamCount);

    /// <summary>
    /// Whether the container's header contains everything that a decoder needs, and every frame has its presentation time.
    /// </summary>
    public bool HasFullHeader =>
        Container.StartsWith("mov,", StringComparison.Ordinal) || Container.StartsWith("matroska,", StringComparison.Ordinal);

    private FfmpegFunctions Functions => _ffmpeg.Functions;

    /// <summary>Opens a video or still image; reads its header only.</summary>
    /// <exception cref="VideoUnusableException">The file cannot be opened, its format is not allowed, or the deadline passed.</exception>
    /// <exception cref="DecoderFaultException">The machine lacks memory or another resource.</exception>
    public static MediaFile Open(FfmpegLibraries ffmpeg, string path, Deadline deadline)
    {
        deadline.Check();
        var demuxer = AllowedFormats.DemuxerOf(path);
        var isVideo = !VideoFileTypes.IsStill(path);
        var context = Open(ffmpeg, path, deadline, demuxer, isVideo, out var error);
        if (error < 0 && isVideo && demuxer is not null)
        {
            deadline.Check();
            context = Open(ffmpeg, path, deadline, null, isVideo, out error); // the first bytes may lie
        }

        return error >= 0 ? new MediaFile(ffmpeg, path, deadline, context) : throw OpenFault(ffmpeg.Functions, path, deadline, error);
    }

    public MediaStream Stream(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)StreamCount, nameof(index));
        return new MediaStream(_ffmpeg, (*(byte***)(_context + StructLayouts.FormatStreams))[index]);
    }

    /// <summary>Reads, and decodes a little, to learn what the header does not say.</summary>
    public void FindStreamInfo()
    {
        var error = Functions.FindStreamInfo(_context, null);
        if (error >= 0) return;
        _deadline.Check();
        Functions.ThrowIfLack(error, Path);
        throw new VideoUnusableException(Path, UnusableReason.Unreadable, $"{Path} cannot be read: {Functions.Describe(error)}.");
    }

    /// <summary>Reads the next packet of any stream that is not discarded.</summary>
    /// <param name="packet">Receives the packet.</param>
    /// <param name="damaged">Set if the file ended with an error.</param>
    /// <returns>False at the end.</returns>
    public bool Read(MediaPacket packet, ref bool damaged)
    {
        packet.Clear();
        var error = Functions.ReadFrame(_context, packet.Pointer);
        if (error >= 0) return true;
        _deadline.Check();
        Functions.ThrowIfLack(error, Path);
        damaged |= error != FfmpegFunctions.EndOfFile;
        return false;
    }

    /// <summary>Seeks to the last entry point at or before a time of a stream. Returns false if the container cannot.</summary>
    public bool Seek(int stream, long time)
    {
        var error = Functions.Seek(_context, stream, time, SeekBackward);
        _deadline.Check();
        return error >= 0;
    }

    public void Dispose()
    {
        if (_context == null) return;
        var context = _context;
        _context = null;
        Functions.CloseInput(&context);
    }

    private static byte* Open(
        FfmpegLibraries ffmpeg, string path, Deadline deadline, string? demuxer, bool isVideo, out int error)
    {
        var functions = ffmpeg.Functions;
        var context = functions.FormatAllocate();
        if (context == null) throw DecoderFaultException.Of(path, "ffmpeg could not allocate a demuxer");
        var callback = (nint*)(context + ffmpeg.Layouts.FormatInterruptCallback);
        callback[0] = Deadline.Interrupt;
        callback[1] = deadline.Argument;
        byte* options = null;
        fixed (byte* protocolKey = ProtocolKey, protocolValue = ProtocolValue, formatKey = FormatKey, formatValue = FormatValue)
        fixed (byte* url = FfmpegFunctions.Bytes("file:" + path), name = FfmpegFunctions.Bytes(demuxer ?? ""))
        {
            functions.DictionarySet(&options, protocolKey, protocolValue, 0);
            if (isVideo) functions.DictionarySet(&options, formatKey, formatValue, 0);
            var asked = deadline.Asked;
            error = functions.OpenInput(&context, url, demuxer is null ? null : functions.FindInputFormat(name), &options);
            functions.DictionaryFree(&options);
            if (error < 0) return null; // ffmpeg has freed the context
            if (deadline.Asked == asked)
            {
                functions.CloseInput(&context);
                throw new InvalidOperationException($"libavformat {ffmpeg.FormatVersion} never asked whether to stop: its structures are "
                    + "not as this program knows them.");
            }
        }

        return context;
    }

    private static VideoUnusableException OpenFault(FfmpegFunctions functions, string path, Deadline deadline, int error)
    {
        const int InvalidArgument = -22; // what a demuxer outside format_whitelist gives
        deadline.Check();
        functions.ThrowIfLack(error, path);
        return error switch
        {
            InvalidArgument => new(path, UnusableReason.NotAVideo,
                $"{path} is not a video container that is allowed (it is a playlist, a script, an image under a video's name, or "
                    + "something else)."),
            FfmpegFunctions.InvalidData => new(path, UnusableReason.NotAVideo,
                $"{path} is not a video that ffmpeg recognises, or its header is missing: {functions.Describe(error)}."),
            _ => new(path, UnusableReason.Unreadable, $"{path} cannot be opened: {functions.Describe(error)}."),
        };
    }
}
