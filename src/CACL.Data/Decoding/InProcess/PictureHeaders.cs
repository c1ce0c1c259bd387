namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// Reads, without decoding, the picture header in each packet of an H.264 or HEVC stream. It gives the picture's place in the codec's own
/// presentation order, which the times of a damaged or badly remuxed container may contradict. Owns the native parser.
/// </summary>
internal sealed unsafe class PictureHeaders : IDisposable
{
    private const int CompleteFrames = 1; // PARSER_FLAG_COMPLETE_FRAMES: a packet is a whole picture
    private const int FrameStructure = 3; // AV_PICTURE_STRUCTURE_FRAME

    private readonly FfmpegLibraries _ffmpeg;
    private byte* _parser;
    private byte* _context;

    public PictureHeaders(FfmpegLibraries ffmpeg, MediaStream stream)
    {
        _ffmpeg = ffmpeg;
        _parser = ffmpeg.Functions.ParserCreate(stream.CodecId);
        _context = ffmpeg.Functions.ContextAllocate(null); // never opened: the parser takes the stream's headers from it
        if (_parser == null || _context == null || ffmpeg.Functions.ContextFromParameters(_context, stream.Parameters) < 0)
        {
            Dispose();
            throw new InsufficientMemoryException("ffmpeg could not make a parser.");
        }

        *(int*)(_parser + StructLayouts.ParserFlags) |= CompleteFrames;
    }

    /// <summary>Picture order count, which increases in presentation order from one key frame to the next.</summary>
    public int Order => *(int*)(_parser + _ffmpeg.Layouts.ParserOutputNumber);

    /// <summary>Whether the picture refers to no other, so that decoding can start at it.</summary>
    public bool IsKey => *(int*)(_parser + StructLayouts.ParserKeyFrame) == 1;

    /// <summary>Whether the picture is one field of two.</summary>
    public bool IsField => *(int*)(_parser + _ffmpeg.Layouts.ParserPictureStructure) is not (0 or FrameStructure);

    public (int Width, int Height) Size =>
        (*(int*)(_parser + _ffmpeg.Layouts.ParserWidth), *(int*)(_parser + _ffmpeg.Layouts.ParserWidth + 4));

    public void Read(MediaPacket packet)
    {
        byte* data;
        int size;
        _ffmpeg.Functions.Parse(_parser, _context, &data, &size, packet.Data, packet.Size, packet.Pts, FfmpegFunctions.NoTime, -1);
    }

    public void Dispose()
    {
        var parser = _parser;
        var context = _context;
        _parser = null;
        _context = null;
        if (parser != null) _ffmpeg.Functions.ParserFree(parser);
        if (context != null) _ffmpeg.Functions.ContextFree(&context);
    }
}
