using CACL.Data.Catalog;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Preparation;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Preparation;

/// <summary>Tests the sizes, the codecs and the colours of prepared files.</summary>
public sealed class PreparationFormatTests : IDisposable
{
    private readonly Preparations _preparations = new();

    public void Dispose() => _preparations.Dispose();

    [Theory]
    [InlineData(1280, 720, 456, 256)]
    [InlineData(720, 1280, 256, 456)]
    [InlineData(340, 256, 340, 256)]
    [InlineData(160, 120, 160, 120)]
    [InlineData(159, 119, 160, 120)]
    [InlineData(1, 1, 2, 2)]
    public void A_picture_becomes_smaller_and_keeps_its_shape(int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), new PreparationFormat().SizeOf(width, height));

    [Fact]
    public void Sides_are_even_nothing_is_enlarged_by_more_than_a_pixel_and_the_shape_is_kept_within_one() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Int[16, 500]).Sample((width, height, half) =>
        {
            var format = new PreparationFormat { ShortSide = 2 * half };
            var (w, h) = format.SizeOf(width, height);
            var scale = Math.Min(1, 2.0 * half / Math.Min(width, height));
            return w % 2 == 0 && h % 2 == 0 && IsNear(w, width * scale) && IsNear(h, height * scale);

            static bool IsNear(int side, double meant) => Math.Abs(side - Math.Max(1.5, meant)) <= 1;
        });

    [Fact]
    public void A_box_of_the_source_covers_the_same_share_of_the_prepared_picture_within_half_a_pixel() =>
        Gen.Select(Gen.Int[64, 4000], Gen.Int[64, 4000], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0.2, 1]).Sample(drawn =>
        {
            var (width, height, x, y, side) = drawn;
            var (boxWidth, boxHeight) = (Math.Max(1, (int)(width * side)), Math.Max(1, (int)(height * side)));
            var box = new CropBox((int)(x * (width - boxWidth)), (int)(y * (height - boxHeight)), boxWidth, boxHeight);
            var (w, h) = new PreparationFormat().SizeOf(width, height);
            var scaled = CropScaler.ScaleBox(box, width, height, w, h);
            return Near(scaled.X, box.X, width, w) && Near(scaled.X + scaled.Width, box.X + box.Width, width, w)
                && Near(scaled.Y, box.Y, height, h) && Near(scaled.Y + scaled.Height, box.Y + box.Height, height, h);

            static bool Near(int to, int from, int of, int size) => Math.Abs(to - ((double)from * size / of)) <= 0.5 + 1e-9;
        });

    [Theory]
    [InlineData(PreparedCodec.H264, "h264")]
    [InlineData(PreparedCodec.Mjpeg, "mjpeg")]
    public void Key_frames_lie_as_close_as_asked_no_frame_waits_for_a_later_one_and_times_are_the_sources(PreparedCodec codec, string name)
    {
        _preparations.Add("jitter.mp4", "1.mp4");
        var format = new PreparationFormat { Codec = codec, Gop = 6 };
        Assert.Empty(_preparations.Prepare(new() { Format = format }).Failed);
        var (library, _, _) = _preparations.Library();
        var video = library.Load(Assert.Single(_preparations.Catalog.List()).Id);
        var prepared = video.Prepared!;
        Assert.Equal((name, 0, CountedBy.Packets), (prepared.Codec, prepared.ReorderDelay, prepared.CountedBy));
        Assert.Equal(
            Enumerable.Range(0, video.Frames.Count).Where(frame => codec == PreparedCodec.Mjpeg || frame % 6 == 0),
            prepared.Frames.KeyFrames);
        Assert.Equal(0, prepared.Frames.Times[0]);
        Assert.Equal(Seconds(video.Frames), Seconds(prepared.Frames));

        static decimal[] Seconds(FrameIndex frames) =>
            [.. frames.Times.Select(time => (decimal)(time - frames.Times[0]) * frames.TimeBaseNumerator / frames.TimeBaseDenominator)];
    }

    [Theory]
    [InlineData("bt601.mp4")]
    [InlineData("bt709.mp4")]
    [InlineData("full_range.mp4")]
    [InlineData("odd_444.mp4")]
    [InlineData("animated.gif")]
    [InlineData("rotation_270.mp4")]
    public void Motion_JPEG_has_the_colours_of_the_source(string name)
    {
        _preparations.Add(name, name);
        Assert.Empty(_preparations.Prepare(new() { Format = new() { Codec = PreparedCodec.Mjpeg, Quality = 2 } }).Failed);
        var (library, files, _) = _preparations.Library();
        var video = library.Load(Assert.Single(_preparations.Catalog.List()).Id);
        using var decoder = Preparations.Decoders.Preferring(files)();
        // A matrix other than a JPEG's is converted by way of RGB, which blurs the chroma once more.
        const double most = 1.4 * ExactnessCheck.MostDifference;
        Assert.Empty(ExactnessCheck.Faults(decoder, video, 8, 3, MadeVideoTruth.Of(name).Frames, most));
    }

    [Theory]
    [InlineData("bt601.mp4", "yuv420p|tv|smpte170m|smpte170m|smpte170m")]
    [InlineData("bt709.mp4", "yuv420p|tv|bt709|bt709|bt709")]
    [InlineData("full_range.mp4", "yuvj420p|pc|unknown|unknown|unknown")]
    [InlineData("animated.gif", "yuv420p|tv|smpte170m|unknown|unknown")]
    public void Colours_are_tagged_as_in_the_source(string name, string tags)
    {
        _preparations.Add(name, name);
        Assert.Empty(_preparations.Prepare().Failed);
        var prepared = Path.Combine(_preparations.Prepared, Assert.Single(_preparations.Files()));
        string[] entries = ["pix_fmt", "color_range", "color_space", "color_transfer", "color_primaries"];
        Assert.Equal(tags, string.Join('|', entries.Select(Tag)));

        string Tag(string entry) => FfprobeOutput.Of("-show_entries", $"stream={entry}", "-of", "csv=p=0", prepared);
    }

    [Fact]
    public void Stills_of_every_orientation_are_prepared_upright()
    {
        var jpeg = File.ReadAllBytes(SmallClips.Still(_preparations.File("upright.jpg")));
        foreach (var tag in Enumerable.Range(1, 8))
            File.WriteAllBytes(Path.Combine(_preparations.Sources, $"{tag}.jpg"), ExifJpeg.Tagged(jpeg, tag));
        Assert.Empty(_preparations.Prepare(new() { Parallelism = 2, Format = new() { Quality = 4 } }).Failed);
        var (library, files, _) = _preparations.Library();
        using var decoder = Preparations.Decoders.Preferring(files)();
        Each.Holds(_preparations.Catalog.List(), listed =>
        {
            var video = library.Load(listed.Id);
            Assert.NotNull(video.Prepared);
            Assert.Empty(ExactnessCheck.Faults(decoder, video, 0, 1, SequentialReference.Frames(video.Path, 0, ExactnessCheck.Size)));
        });
    }
}
