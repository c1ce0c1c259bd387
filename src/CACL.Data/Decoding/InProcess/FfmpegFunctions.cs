using System.Runtime.InteropServices;
using System.Text;
using CACL.Data.Catalog;

namespace CACL.Data.Decoding.InProcess;

/// <summary>
/// The C functions that this program calls, with names after their C names. Pointers are ffmpeg's own structures, opaque here.
/// </summary>
internal sealed unsafe class FfmpegFunctions
{
    public const int LogQuiet = -8;
    public const int EndOfFile = -0x20464F45; // AVERROR_EOF
    public const int Again = -11; // AVERROR(EAGAIN)
    public const int Exit = -0x54495845; // AVERROR_EXIT: the interrupt callback said stop
    public const int InvalidData = -0x41444E49; // AVERROR_INVALIDDATA
    public const long NoTime = long.MinValue; // AV_NOPTS_VALUE

    private const int NoMemory = -12; // AVERROR(ENOMEM)
    private const int TooManyFilesOfAll = -23; // AVERROR(ENFILE)
    private const int TooManyFiles = -24; // AVERROR(EMFILE)

    public readonly delegate* unmanaged[Cdecl]<uint> UtilVersion;
    public readonly delegate* unmanaged[Cdecl]<uint> CodecVersion;
    public readonly delegate* unmanaged[Cdecl]<uint> FormatVersion;
    public readonly delegate* unmanaged[Cdecl]<uint> ScaleVersion;
    public readonly delegate* unmanaged[Cdecl]<int, void> SetLogLevel;
    public readonly delegate* unmanaged[Cdecl]<byte**, byte*, byte*, int, int> DictionarySet;
    public readonly delegate* unmanaged[Cdecl]<byte**, void> DictionaryFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, long, int, int> OptionSetInt;
    public readonly delegate* unmanaged[Cdecl]<int, byte*> PixelFormat;
    public readonly delegate* unmanaged[Cdecl]<int, int, int, int> LineSize;

    public readonly delegate* unmanaged[Cdecl]<byte*> FrameAllocate;
    public readonly delegate* unmanaged[Cdecl]<byte**, void> FrameFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> FrameUnreference;
    public readonly delegate* unmanaged[Cdecl]<byte*, int, byte*> FrameSideData;
    public readonly delegate* unmanaged[Cdecl]<byte*> PacketAllocate;
    public readonly delegate* unmanaged[Cdecl]<byte**, void> PacketFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> PacketUnreference;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*> PacketClone;
    public readonly delegate* unmanaged[Cdecl]<byte*, int, void*, byte*> PacketSideData;

    public readonly delegate* unmanaged[Cdecl]<byte*> FormatAllocate;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> FormatFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte*> NewStream;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*> FindInputFormat;
    public readonly delegate* unmanaged[Cdecl]<byte**, byte*, byte*, byte**, int> OpenInput;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte**, int> FindStreamInfo;
    public readonly delegate* unmanaged[Cdecl]<byte**, void> CloseInput;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> ReadFrame;
    public readonly delegate* unmanaged[Cdecl]<byte*, int, long, int, int> Seek;

    public readonly delegate* unmanaged[Cdecl]<int, byte*> FindDecoder;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*> ContextAllocate;
    public readonly delegate* unmanaged[Cdecl]<byte**, void> ContextFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> ContextFromParameters;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte**, int> ContextOpen;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> SendPacket;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, int> ReceiveFrame;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> Flush;

    public readonly delegate* unmanaged[Cdecl]<int, byte*> ParserCreate;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> ParserFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte**, int*, byte*, int, long, long, long, int> Parse;

    public readonly delegate* unmanaged[Cdecl]<int, int, int, int, int, int, int, void*, void*, double*, byte*> ScaleCreate;
    public readonly delegate* unmanaged[Cdecl]<byte*, void> ScaleFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, byte**, int*, int, int, byte**, int*, int> Scale;
    public readonly delegate* unmanaged[Cdecl]<int, int> ScaleReads;
    public readonly delegate* unmanaged[Cdecl]<int, int*> ScaleCoefficients;
    public readonly delegate* unmanaged[Cdecl]<byte*, int*, int, int*, int, int, int, int, int> ScaleSetColours;
    public readonly delegate* unmanaged[Cdecl]<byte*, int**, int*, int**, int*, int*, int*, int*, int> ScaleGetColours;

    private readonly delegate* unmanaged[Cdecl]<byte*> _release;
    private readonly delegate* unmanaged[Cdecl]<int, byte*> _codecName;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, nuint, int> _describeError;

    // ffmpeg 4 to 6 keep a stream's side data in the stream, behind this accessor; ffmpeg 7 keeps it in the codec parameters, behind the
    // other one.
    private readonly delegate* unmanaged[Cdecl]<byte*, int, nuint*, byte*> _streamSideData;
    private readonly delegate* unmanaged[Cdecl]<byte*, int, int, byte**> _findSideData;

    /// <exception cref="EntryPointNotFoundException">A library lacks a function.</exception>
    public FfmpegFunctions(nint util, nint codec, nint format, nint scale)
    {
        UtilVersion = (delegate* unmanaged[Cdecl]<uint>)NativeLibrary.GetExport(util, "avutil_version");
        CodecVersion = (delegate* unmanaged[Cdecl]<uint>)NativeLibrary.GetExport(codec, "avcodec_version");
        FormatVersion = (delegate* unmanaged[Cdecl]<uint>)NativeLibrary.GetExport(format, "avformat_version");
        ScaleVersion = (delegate* unmanaged[Cdecl]<uint>)NativeLibrary.GetExport(scale, "swscale_version");
        _release = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(util, "av_version_info");
        _describeError = (delegate* unmanaged[Cdecl]<int, byte*, nuint, int>)NativeLibrary.GetExport(util, "av_strerror");
        SetLogLevel = (delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(util, "av_log_set_level");
        DictionarySet = (delegate* unmanaged[Cdecl]<byte**, byte*, byte*, int, int>)NativeLibrary.GetExport(util, "av_dict_set");
        DictionaryFree = (delegate* unmanaged[Cdecl]<byte**, void>)NativeLibrary.GetExport(util, "av_dict_free");
        OptionSetInt = (delegate* unmanaged[Cdecl]<byte*, byte*, long, int, int>)NativeLibrary.GetExport(util, "av_opt_set_int");
        PixelFormat = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(util, "av_pix_fmt_desc_get");
        LineSize = (delegate* unmanaged[Cdecl]<int, int, int, int>)NativeLibrary.GetExport(util, "av_image_get_linesize");
        FrameAllocate = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(util, "av_frame_alloc");
        FrameFree = (delegate* unmanaged[Cdecl]<byte**, void>)NativeLibrary.GetExport(util, "av_frame_free");
        FrameUnreference = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(util, "av_frame_unref");
        FrameSideData = (delegate* unmanaged[Cdecl]<byte*, int, byte*>)NativeLibrary.GetExport(util, "av_frame_get_side_data");

        PacketAllocate = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(codec, "av_packet_alloc");
        PacketFree = (delegate* unmanaged[Cdecl]<byte**, void>)NativeLibrary.GetExport(codec, "av_packet_free");
        PacketUnreference = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(codec, "av_packet_unref");
        PacketClone = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(codec, "av_packet_clone");
        PacketSideData = (delegate* unmanaged[Cdecl]<byte*, int, void*, byte*>)NativeLibrary.GetExport(codec, "av_packet_get_side_data");
        FindDecoder = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(codec, "avcodec_find_decoder");
        ContextAllocate = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(codec, "avcodec_alloc_context3");
        ContextFree = (delegate* unmanaged[Cdecl]<byte**, void>)NativeLibrary.GetExport(codec, "avcodec_free_context");
        ContextFromParameters = (
            delegate* unmanaged[Cdecl]<byte*, byte*, int>)NativeLibrary.GetExport(codec, "avcodec_parameters_to_context");
        ContextOpen = (delegate* unmanaged[Cdecl]<byte*, byte*, byte**, int>)NativeLibrary.GetExport(codec, "avcodec_open2");
        SendPacket = (delegate* unmanaged[Cdecl]<byte*, byte*, int>)NativeLibrary.GetExport(codec, "avcodec_send_packet");
        ReceiveFrame = (delegate* unmanaged[Cdecl]<byte*, byte*, int>)NativeLibrary.GetExport(codec, "avcodec_receive_frame");
        Flush = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(codec, "avcodec_flush_buffers");
        ParserCreate = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(codec, "av_parser_init");
        ParserFree = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(codec, "av_parser_close");
        Parse = (
            delegate* unmanaged[Cdecl]<byte*, byte*, byte**, int*, byte*, int, long, long, long,
            int>)NativeLibrary.GetExport(codec, "av_parser_parse2");
        _codecName = (delegate* unmanaged[Cdecl]<int, byte*>)NativeLibrary.GetExport(codec, "avcodec_get_name");

        FormatAllocate = (delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(format, "avformat_alloc_context");
        FormatFree = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(format, "avformat_free_context");
        NewStream = (delegate* unmanaged[Cdecl]<byte*, byte*, byte*>)NativeLibrary.GetExport(format, "avformat_new_stream");
        FindInputFormat = (delegate* unmanaged[Cdecl]<byte*, byte*>)NativeLibrary.GetExport(format, "av_find_input_format");
        OpenInput = (delegate* unmanaged[Cdecl]<byte**, byte*, byte*, byte**, int>)NativeLibrary.GetExport(format, "avformat_open_input");
        FindStreamInfo = (delegate* unmanaged[Cdecl]<byte*, byte**, int>)NativeLibrary.GetExport(format, "avformat_find_stream_info");
        CloseInput = (delegate* unmanaged[Cdecl]<byte**, void>)NativeLibrary.GetExport(format, "avformat_close_input");
        ReadFrame = (delegate* unmanaged[Cdecl]<byte*, byte*, int>)NativeLibrary.GetExport(format, "av_read_frame");
        Seek = (delegate* unmanaged[Cdecl]<byte*, int, long, int, int>)NativeLibrary.GetExport(format, "av_seek_frame");

        ScaleCreate = (
            delegate* unmanaged[Cdecl]<int, int, int, int, int, int, int, void*, void*, double*,
            byte*>)NativeLibrary.GetExport(scale, "sws_getContext");
        ScaleFree = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(scale, "sws_freeContext");
        Scale = (delegate* unmanaged[Cdecl]<byte*, byte**, int*, int, int, byte**, int*, int>)NativeLibrary.GetExport(scale, "sws_scale");
        ScaleReads = (delegate* unmanaged[Cdecl]<int, int>)NativeLibrary.GetExport(scale, "sws_isSupportedInput");
        ScaleCoefficients = (delegate* unmanaged[Cdecl]<int, int*>)NativeLibrary.GetExport(scale, "sws_getCoefficients");
        ScaleSetColours = (
            delegate* unmanaged[Cdecl]<byte*, int*, int, int*, int, int, int, int,
            int>)NativeLibrary.GetExport(scale, "sws_setColorspaceDetails");
        ScaleGetColours = (
            delegate* unmanaged[Cdecl]<byte*, int**, int*, int**, int*, int*, int*, int*,
            int>)NativeLibrary.GetExport(scale, "sws_getColorspaceDetails");

        if (NativeLibrary.TryGetExport(format, "av_stream_get_side_data", out var streamSideData))
            _streamSideData = (delegate* unmanaged[Cdecl]<byte*, int, nuint*, byte*>)streamSideData;
        if (NativeLibrary.TryGetExport(codec, "av_packet_side_data_get", out var findSideData))
            _findSideData = (delegate* unmanaged[Cdecl]<byte*, int, int, byte**>)findSideData;
    }

    public string ReleaseName() => Text(_release());

    /// <summary>Returns ffmpeg's name of a codec, such as h264.</summary>
    public string CodecName(int codecId) => Text(_codecName(codecId));

    /// <summary>Returns what an error code means, in ffmpeg's words.</summary>
    public string Describe(int error)
    {
        var buffer = stackalloc byte[128];
        _describeError(error, buffer, 128);
        return Text(buffer);
    }

    /// <summary>Throws if an error means that the machine lacks something, and not that something is wrong with the file.</summary>
    /// <exception cref="DecoderFaultException">The error means that memory ran out, or that too many files are open.</exception>
    public void ThrowIfLack(int error, string path)
    {
        if (error is not (NoMemory or TooManyFiles or TooManyFilesOfAll)) return;
        throw DecoderFaultException.Of(path, Describe(error));
    }

    /// <summary>Returns a stream's side data of a kind, or null.</summary>
    public byte* StreamSideData(byte* stream, StructLayouts layouts, int kind)
    {
        if (layouts.ParametersSideData is { } offset && _findSideData != null)
        {
            var parameters = *(byte**)(stream + layouts.StreamParameters);
            var entry = _findSideData(*(byte**)(parameters + offset), *(int*)(parameters + offset + sizeof(nint)), kind);
            return entry == null ? null : *entry;
        }

        if (_streamSideData == null) return null;
        nuint size = 0; // ffmpeg 4 writes an int here: the upper half stays 0
        return _streamSideData(stream, kind, &size);
    }

    public static string Text(byte* zeroTerminated) => Marshal.PtrToStringUTF8((nint)zeroTerminated) ?? "";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
