using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Decoding.InProcess;

/// <summary>
/// Checks, for every pixel format that the installed libswscale reads, that cropping a picture equals converting the box alone.
/// </summary>
public sealed class PixelFormatTests : IDisposable
{
    private const int Size = 16;

    private static readonly int Samples = LongTests.Wanted ? 200 : 12;

    private static readonly Gen<Case> Cases =
        from width in Gen.Int[9, 70]
        from height in Gen.Int[5, 40]
        from x in Gen.Int[0, width - 1]
        from y in Gen.Int[0, height - 1]
        from w in Gen.Int[1, width - x]
        from h in Gen.Int[1, height - y]
        from seed in Gen.Int
        select new Case(width, height, new CropBox(x, y, w, h), seed);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_crop_of_a_box_of_any_format_is_the_crop_of_the_box_alone()
    {
        var libraries = InstalledFfmpeg.Libraries;
        using var scaler = new CropScaler(libraries);
        var formats = MadePicture.ReadableFormats(libraries);
        Assert.InRange(formats.Count, 100, 1000);
        var faults = new List<string>();
        foreach (var format in formats)
        {
            try
            {
                Cases.Sample(
                    c => Assert.Equal(OfTheBoxAlone(libraries, scaler, format, c), OfTheWhole(libraries, scaler, format, c)),
                    iter: Samples,
                    threads: 1);
            }
            catch (CsCheckException fault)
            {
                faults.Add($"{MadePicture.NameOf(libraries, format)}: {fault.Message} {fault.InnerException?.Message}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("yuyv422.avi")]
    [InlineData("uyvy422.avi")]
    [InlineData("monob.nut")]
    [InlineData("monob.png")]
    public void A_box_of_a_file_is_cut_as_ffmpeg_cuts_it(string name)
    {
        SequentialReference.Require();
        var path = _folder.File(name);
        var format = Path.GetFileNameWithoutExtension(name);
        string[] output = Path.GetExtension(name) == ".png" ? ["-frames:v", "1", "-update", "1", "-f", "image2"] : ["-c:v", "rawvideo"];
        SequentialReference.Run([
            "-f", "lavfi", "-i", "testsrc2=size=161x99:rate=10:duration=0.3,format=rgb24", "-pix_fmt", format, .. output, path]);
        // Some versions of ffmpeg convert black and white to a format of their own choice before they crop it.
        AssertCut(path, most: format == "monob" ? 1 : 0);
    }

    [Theory]
    [InlineData("bayer_bggr8", 1)]
    [InlineData("bayer_grbg16le", 2)]
    public void A_sensors_mosaic_is_made_a_picture_before_it_is_cut(string format, int bytes)
    {
        SequentialReference.Require();
        var (raw, path) = (_folder.File("raw"), _folder.File("mosaic.nut"));
        var pixels = new byte[160 * 100 * bytes];
        new Random(1).NextBytes(pixels);
        File.WriteAllBytes(raw, pixels);
        SequentialReference.Run("-f", "rawvideo", "-pix_fmt", format, "-s", "160x100", "-i", raw, "-c", "copy", path);
        AssertCut(path, filter: "format=rgb24");
    }

    private static byte[] OfTheWhole(FfmpegLibraries libraries, CropScaler scaler, int format, Case c)
    {
        using var whole = Whole(libraries, format, c);
        return Crop(scaler, whole.Frame, c.Box);
    }

    private static byte[] OfTheBoxAlone(FfmpegLibraries libraries, CropScaler scaler, int format, Case c)
    {
        using var whole = Whole(libraries, format, c);
        using var rgb = PixelFormat.Of(libraries.Functions, format).IsMosaic ? whole.Converted(libraries) : null;
        using var alone = (rgb ?? whole).Cut(libraries, c.Box, out var width);
        return Crop(scaler, alone.Frame, new CropBox(0, 0, width, alone.Frame.Height));
    }

    // A sensor's sides are even: its colours come in pairs.
    private static MadePicture Whole(FfmpegLibraries libraries, int format, Case c)
    {
        var odd = PixelFormat.Of(libraries.Functions, format).IsMosaic ? 1 : 0;
        return MadePicture.Random(libraries, format, (c.Width + odd) & ~odd, (c.Height + odd) & ~odd, c.Seed);
    }

    private static byte[] Crop(CropScaler scaler, MediaFrame frame, CropBox box)
    {
        var crop = new byte[Size * Size * 3];
        Assert.Null(scaler.Write(frame, box, frame.Width, frame.Height, default, Size, crop));
        return crop;
    }

    // ffmpeg's own crop starts and ends at whole chroma samples, so only such boxes are compared with it; others are compared between the
    // two decoders.
    private static void AssertCut(string path, string filter = "null", int most = 0)
    {
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var video = prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
        var rest = new CropBox(7, 1, (video.Width - 7) / 2 * 2, video.Height - 1); // even: see MadePicture.Cut
        foreach (var box in (CropBox[])[new(32, 0, 32, 32), new(36, 16, 96, 48), new(33, 17, 97, 51), rest])
        {
            var crop = Decode(inProcess, box);
            Assert.InRange(crop.Zip(Decode(isolated, box), (a, b) => Math.Abs(a - b)).Max(), 0, most);
            if (box.X % 4 == 0 && box.Width % 4 == 0)
                Assert.InRange(SequentialReference.Difference(SequentialReference.Frames(path, 0, 48, box, filter)[0], crop), 0, 2.5);
        }

        byte[] Decode(IPairDecoder decoder, CropBox box)
        {
            var (first, second) = (new byte[48 * 48 * 3], new byte[48 * 48 * 3]);
            var cancel = TestContext.Current.CancellationToken;
            decoder.Decode(video, CropPlan.Of(0, 0, box), 48, ExactnessCheck.Patience, first, second, cancel);
            return first;
        }
    }

    private sealed record Case(int Width, int Height, CropBox Box, int Seed);
}
