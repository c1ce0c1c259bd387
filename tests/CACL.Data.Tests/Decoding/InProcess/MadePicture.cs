using System.Runtime.InteropServices;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Sampling;

namespace CACL.Data.Tests.Decoding.InProcess;

/// <summary>
/// A picture of any pixel format, filled with random values and cropped pixel by pixel, with libavutil's functions that read and write
/// single lines of a component: it shares no arithmetic with the decoder.
/// </summary>
internal sealed unsafe class MadePicture : IDisposable
{
    private const ulong PaletteFlag = 1 << 1; // AV_PIX_FMT_FLAG_PAL
    private const ulong FloatFlag = 1 << 9; // AV_PIX_FMT_FLAG_FLOAT

    private readonly FfmpegLibraries _libraries;
    private readonly byte* _description;
    private readonly Lines _lines;

    private MadePicture(FfmpegLibraries libraries, int format, int width, int height)
    {
        _libraries = libraries;
        _description = libraries.Functions.PixelFormat(format);
        _lines = new Lines(libraries);
        Frame = new MediaFrame(libraries);
        *(int*)(Frame.Pointer + FrameLayout.Width) = width + 1; // room for the column that libswscale reads after an odd row of RGB
        *(int*)(Frame.Pointer + FrameLayout.Height) = height;
        *(int*)(Frame.Pointer + FrameLayout.Format) = format;
        Assert.True(_lines.Allocate(Frame.Pointer, 0) >= 0);
        *(int*)(Frame.Pointer + FrameLayout.Width) = width;
        for (var plane = 0; plane < 4; plane++)
        {
            // Values are added to the existing ones.
            if (Frame.Planes[plane] != null) new Span<byte>(Frame.Planes[plane], Bytes(plane)).Clear();
        }
    }

    public MediaFrame Frame { get; }

    private ulong Flags => *(ulong*)(_description + 16);

    private int Components => _description[8];

    private PixelFormat Format => PixelFormat.Of(_libraries.Functions, Frame.Format);

    /// <summary>All pixel formats that libswscale reads.</summary>
    public static IReadOnlyList<int> ReadableFormats(FfmpegLibraries libraries)
    {
        var readable = new List<int>();
        for (var format = 0; format < 1000; format++)
        {
            if (libraries.Functions.PixelFormat(format) != null && libraries.Functions.ScaleReads(format) != 0) readable.Add(format);
        }

        return readable;
    }

    public static string NameOf(FfmpegLibraries libraries, int format) =>
        FfmpegFunctions.Text(*(byte**)libraries.Functions.PixelFormat(format));

    /// <summary>Makes a picture whose pixels are random.</summary>
    public static MadePicture Random(FfmpegLibraries libraries, int format, int width, int height, int seed)
    {
        var picture = new MadePicture(libraries, format, width, height);
        var random = new Random(seed);
        if (picture.Format.IsMosaic)
        {
            random.NextBytes(new Span<byte>(picture.Frame.Planes[0], picture.Bytes(0)));
            return picture;
        }

        if ((picture.Flags & PaletteFlag) != 0) random.NextBytes(new Span<byte>(picture.Frame.Planes[1], 1024));
        picture.Write((component, y, line) =>
        {
            var depth = picture._lines.Depth(picture._description, component);
            foreach (ref var value in line)
            {
                value = (picture.Flags & FloatFlag) == 0 ? (uint)random.NextInt64(1L << depth)
                    : depth == 32 ? BitConverter.SingleToUInt32Bits(random.NextSingle())
                    : BitConverter.HalfToUInt16Bits((Half)random.NextSingle());
            }
        });
        return picture;
    }

    /// <summary>
    /// Returns a picture of a box alone. The box starts at a whole chroma sample, up to one earlier. If it has an odd number of columns,
    /// one more is added, since libswscale takes the colours of RGB pixels in pairs.
    /// </summary>
    /// <param name="libraries">ffmpeg.</param>
    /// <param name="box">The box.</param>
    /// <param name="width">Columns of the box.</param>
    public MadePicture Cut(FfmpegLibraries libraries, CropBox box, out int width)
    {
        var (left, top) = (box.X >> Format.ChromaShiftX << Format.ChromaShiftX, box.Y >> Format.ChromaShiftY << Format.ChromaShiftY);
        width = box.X + box.Width - left;
        var cut = new MadePicture(libraries, Frame.Format, Math.Min(width + width % 2, Frame.Width - left), box.Y + box.Height - top);
        if ((Flags & PaletteFlag) != 0) new Span<byte>(Frame.Planes[1], 1024).CopyTo(new Span<byte>(cut.Frame.Planes[1], 1024));
        cut.Write((component, y, line) =>
        {
            var (shiftX, shiftY) = Shifts(component);
            var (x, from) = (left >> shiftX, (top >> shiftY) + y);
            fixed (uint* values = line)
                _lines.Read(values, Frame.Planes, Frame.LineSizes, _description, x, from, component, line.Length, 0, sizeof(uint));
        });
        return cut;
    }

    /// <summary>Returns the whole picture as RGB.</summary>
    public MadePicture Converted(FfmpegLibraries libraries)
    {
        var rgb = new MadePicture(libraries, PixelFormat.Rgb24, Frame.Width, Frame.Height);
        using var context = new ScaleContext(libraries);
        var conversion = new PictureConversion(Frame.Format, Frame.Width, Frame.Height, PixelFormat.Rgb24, Frame.Width, Frame.Height, 2, 0);
        Assert.Null(context.Convert(conversion, 3, Frame.Planes, Frame.LineSizes));
        var bytes = Frame.Width * 3;
        for (var y = 0; y < Frame.Height; y++)
        {
            var row = new Span<byte>(rgb.Frame.Planes[0] + y * rgb.Frame.LineSizes[0], bytes);
            new Span<byte>(context.Rows + y * context.RowSize, bytes).CopyTo(row);
        }

        return rgb;
    }

    public void Dispose() => Frame.Dispose();

    private int Bytes(int plane) => plane == 1 && (Flags & PaletteFlag) != 0
        ? 1024
        : Frame.LineSizes[plane] * (plane is 1 or 2 ? -(-Frame.Height >> Format.ChromaShiftY) : Frame.Height);

    private (int X, int Y) Shifts(int component) => component is 1 or 2 ? (Format.ChromaShiftX, Format.ChromaShiftY) : (0, 0);

    private void Write(LineMaker make)
    {
        for (var component = 0; component < ((Flags & PaletteFlag) != 0 ? 1 : Components); component++)
        {
            var (shiftX, shiftY) = Shifts(component);
            var line = new uint[-(-Frame.Width >> shiftX)];
            for (var y = 0; y < -(-Frame.Height >> shiftY); y++)
            {
                make(component, y, line);
                fixed (uint* values = line)
                    _lines.Write(values, Frame.Planes, Frame.LineSizes, _description, 0, y, component, line.Length, sizeof(uint));
            }
        }
    }

    private delegate void LineMaker(int component, int y, Span<uint> line);

    /// <summary>C functions that only this class needs.</summary>
    private readonly struct Lines
    {
        public readonly delegate* unmanaged[Cdecl]<byte*, int, int> Allocate;
        public readonly delegate* unmanaged[Cdecl]<void*, byte**, int*, byte*, int, int, int, int, int, int, void> Read;
        public readonly delegate* unmanaged[Cdecl]<void*, byte**, int*, byte*, int, int, int, int, int, void> Write;
        private readonly int _componentSize;

        public Lines(FfmpegLibraries libraries)
        {
            var util = NativeLibrary.Load($"libavutil.so.{libraries.Set.Util}");
            var read = NativeLibrary.GetExport(util, "av_read_image_line2");
            var write = NativeLibrary.GetExport(util, "av_write_image_line2");
            Allocate = (delegate* unmanaged[Cdecl]<byte*, int, int>)NativeLibrary.GetExport(util, "av_frame_get_buffer");
            Read = (delegate* unmanaged[Cdecl]<void*, byte**, int*, byte*, int, int, int, int, int, int, void>)read;
            Write = (delegate* unmanaged[Cdecl]<void*, byte**, int*, byte*, int, int, int, int, int, void>)write;
            _componentSize = libraries.Set.Util == 56 ? 32 : 20; // AVComponentDescriptor had three more numbers in ffmpeg 4
        }

        /// <summary>Returns the bits of a component: AVComponentDescriptor.depth.</summary>
        public int Depth(byte* description, int component) => *(int*)(description + 24 + component * _componentSize + 16);
    }
}
