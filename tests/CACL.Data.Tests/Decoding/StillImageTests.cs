using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding;

/// <summary>
/// Checks what still images have beyond <see cref="MadeVideoContract"/>, which covers each kind of them: headers tell their sizes, one
/// decode gives both views, and a part that is missing is not painted over.
/// </summary>
public sealed class StillImageTests : IDisposable
{
    private const int Size = 48;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DecoderKind> Kinds => [DecoderKind.InProcess, DecoderKind.Isolated, DecoderKind.Worker];

    public static TheoryData<string> Images =>
    [
        "photo.JPEG", "odd.jpg", "jpeg_422.jpeg", "jpeg_444.jpg", "cmyk.jpg", "grey.jpg", "rgb.png", "alpha.PNG", "grey_16.png",
        "palette.png", "trailing.jpg",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Images))]
    public void Both_views_are_cut_to_the_byte_out_of_what_ffmpeg_decodes(string name)
    {
        var path = MadeVideos.Path(name);
        using var prober = new InProcessProber(InstalledFfmpeg.Libraries);
        var video = prober.Probe(path, ExactnessCheck.Patience, Cancel);
        CropBox box = new(0, 0, video.Width / 2 & ~3, video.Height & ~3), other = new(8, 4, 28, 24); // whole chroma samples
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        foreach (var decoder in new IPairDecoder[] { inProcess, isolated })
        {
            var (first, second) = Decode(decoder, video, CropPlan.Of(0, 0, box, other));
            Assert.Equal(SequentialReference.Frames(path, 0, Size, box)[0], first);
            Assert.Equal(SequentialReference.Frames(path, 0, Size, other)[0], second);
        }

        Assert.Equal(1, isolated.CountedFromStart); // so the file was decoded once for both
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_header_tells_the_size_and_the_orientation_and_nothing_is_decoded(DecoderKind kind)
    {
        using var prober = InstalledDecoders.Of(kind).CreateProber();
        foreach (var name in new[] { "turned_6.jpg", "long_notes.jpg", "interlaced.png" })
        {
            var bytes = File.ReadAllBytes(MadeVideos.Path(name));
            var spoilt = _folder.File(name);
            // What lies between header and end decodes to nothing.
            var from = name == "long_notes.jpg" ? 41_500 : 1500;
            bytes.AsSpan(from, bytes.Length - from - 12).Fill(0xff);
            File.WriteAllBytes(spoilt, bytes);
            var (whole, read) = (InstalledDecoders.Probe(kind, name), prober.Probe(spoilt, ExactnessCheck.Patience, Cancel));
            Assert.Equal(
                (whole.Width, whole.Height, whole.Orientation, whole.Codec), (read.Width, read.Height, read.Orientation, read.Codec));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_that_is_damaged_between_its_header_and_its_end_is_refused_when_it_is_decoded(DecoderKind kind)
    {
        var decoders = InstalledDecoders.Of(kind);
        using var prober = decoders.CreateProber();
        using var decoder = decoders.CreateDecoder();
        foreach (var name in new[] { "photo.JPEG", "rgb.png" })
        {
            var bytes = File.ReadAllBytes(MadeVideos.Path(name));
            var path = _folder.File(name);
            File.WriteAllBytes(path, [.. bytes[..(bytes.Length / 2)], .. bytes[^12..]]);
            var video = prober.Probe(path, ExactnessCheck.Patience, Cancel);
            var fault = Assert.Throws<VideoUnusableException>(() => Decode(decoder, video, CropPlan.Whole(video, 0, 0)));
            Assert.Equal(UnusableReason.Corrupt, fault.Reason);
            Assert.StartsWith(
                $"The image {path} cannot be decoded whole: it is damaged or cut short.", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_that_is_cut_short_is_refused_when_it_is_scanned(DecoderKind kind)
    {
        foreach (var name in new[] { "cut.jpg", "cut.png", "cut_but_two.jpg" })
        {
            var fault = Assert.Throws<VideoUnusableException>(() => InstalledDecoders.Probe(kind, name));
            Assert.Equal(UnusableReason.Corrupt, fault.Reason);
            Assert.Equal(
                $"The image {MadeVideos.Path(name)} cannot be decoded whole: it is damaged or cut short. Copy or download it again.",
                fault.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_image_of_too_many_pixels_is_refused_with_their_number(DecoderKind kind)
    {
        var fault = Assert.Throws<VideoUnusableException>(() => InstalledDecoders.Probe(kind, "huge.jpg"));
        Assert.Equal(UnusableReason.TooLarge, fault.Reason);
        Assert.Contains("40000×40000 pixels; at most 134,217,728 are decoded", fault.Message, StringComparison.Ordinal);
    }

    private static (byte[] First, byte[] Second) Decode(IPairDecoder decoder, VideoRecord video, SamplePlan plan)
    {
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        decoder.Decode(video, plan, Size, ExactnessCheck.Patience, first, second, Cancel);
        return (first, second);
    }
}
