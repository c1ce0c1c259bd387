using CACL.Data.Catalog;
using CACL.Data.Clips;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Isolated;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding.InProcess;
using CACL.Data.Tests.Decoding.Isolated;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Decoding;

/// <summary>Checks that rotated and mirrored pictures are cropped and displayed as ffmpeg displays them, by either decoder.</summary>
public sealed class DisplayOrientationTests(DisplayOrientationTests.Plain plain) : IClassFixture<DisplayOrientationTests.Plain>, IDisposable
{
    private const int Size = 48;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<int> All => Orientations.All;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_display_matrix_and_an_exif_number_name_the_same_orientation(int tag)
    {
        var matrix = Orientations.Matrix(tag);
        Assert.Equal(Orientations.Of(tag), DisplayOrientation.OfMatrix(matrix));
        for (var i = 0; i < 6; i++) matrix[i] *= 3; // the matrix may also scale
        Assert.Equal(Orientations.Of(tag), DisplayOrientation.OfMatrix(matrix));
        // The corner (0, 0) of a picture of 5×3 pixels must be found where the matrix moves it.
        var (right, down) = (Math.Sign(matrix[0] + matrix[1]), Math.Sign(matrix[3] + matrix[4]));
        var (fromX, fromY) = (right < 0 ? 4 : 0, down < 0 ? 2 : 0);
        Assert.Equal((0, 0), Orientations.Of(tag).Stored(matrix[0] != 0 ? fromX : fromY, matrix[0] != 0 ? fromY : fromX, 5, 3));
    }

    [Fact]
    public void A_turn_by_another_angle_is_not_applied() => Gen.Select(Gen.Double[-180, 180], Gen.Bool).Sample((clockwise, mirrored) =>
    {
        var (sin, cos) = Math.SinCos(clockwise * Math.PI / 180);
        var (x, y) = ((int)Math.Round(cos * 65536), (int)Math.Round(sin * 65536));
        var orientation = DisplayOrientation.OfMatrix(mirrored ? [x, y, 0, y, -x, 0, 0, 0, 1 << 30] : [x, y, 0, -y, x, 0, 0, 0, 1 << 30]);
        var quarters = (int)Math.Round(clockwise / 90);
        var away = Math.Abs(clockwise - quarters * 90);
        if (away > 1.01) Assert.Equal(default, orientation);
        if (away < 0.99) Assert.Equal(new DisplayOrientation((quarters + 4) % 4 * 90, mirrored), orientation);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(-6)]
    public void Exif_numbers_without_a_meaning_turn_nothing(int tag) => Assert.Equal(default, DisplayOrientation.OfExif(tag));

    [Fact]
    public void An_empty_matrix_turns_nothing() => Assert.Equal(default, DisplayOrientation.OfMatrix(new int[9]));

    [Theory]
    [MemberData(nameof(All))]
    public void A_movie_is_cut_and_shown_as_ffmpeg_displays_it(int tag)
    {
        var path = Orientations.Turned(plain.Movie, _folder.File("turned.mp4"), tag);
        // Before 5.1, ffmpeg rotated but did not mirror.
        var truth = FfmpegProgram.IsBefore51(InstalledProgram.Ffmpeg.VersionText)
            ? SequentialReference.Frames(plain.Movie, 0, Size, Box, Orientations.Filter(tag))
            : SequentialReference.Frames(path, 0, Size, Box);
        var record = AssertCut(path, Orientations.Of(tag), 7, truth);

        var clip = ClipProperties.Read(InstalledProgram.Ffmpeg, path, ExactnessCheck.Patience, Cancel);
        Assert.Equal((record.Width, record.Height, record.Orientation), (clip.Width, clip.Height, clip.Orientation));
        using var reader = new ClipReader(InstalledProgram.Ffmpeg, clip, clip.Width, clip.Height, ExactnessCheck.Patience, Cancel);
        using var decoder = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var (shown, _) = decoder.DecodeWhole(record, 0, 4, clip.Width, clip.Height, ExactnessCheck.Patience, Cancel);
        var frame = new byte[shown.Length];
        Assert.True(reader.Read(frame));
        Assert.InRange(SequentialReference.Difference(shown, frame), 0, 0.1);
        for (var y = 0; y < clip.Height; y += 7)
        {
            for (var x = 0; x < clip.Width; x += 7)
            {
                var (fromX, fromY) = record.Orientation.Stored(x, y, 160, 120);
                Assert.Equal(plain.FirstFrame.AsSpan((fromY * 160 + fromX) * 3, 3), shown.AsSpan((y * clip.Width + x) * 3, 3));
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_jpeg_is_cut_as_its_exif_entry_says(int tag)
    {
        Assert.SkipWhen(FfmpegProgram.IsBefore51(InstalledProgram.Ffmpeg.VersionText), "This ffmpeg does not read a JPEG's orientation.");
        var path = _folder.File("tagged.jpg");
        File.WriteAllBytes(path, ExifJpeg.Tagged(File.ReadAllBytes(plain.Jpeg), tag));
        AssertCut(path, Orientations.Of(tag), 0, SequentialReference.Frames(path, 0, Size, Box));
    }

    [Theory]
    [InlineData("rotate=90", 8)]
    [InlineData("flip=horizontal", 2)]
    public void A_video_whose_pictures_say_how_they_are_displayed_is_cut_so(string orientation, int tag)
    {
        Assert.SkipWhen(FfmpegProgram.IsBefore51(InstalledProgram.Ffmpeg.VersionText), "This ffmpeg does not heed what pictures say.");
        var path = _folder.File("says.mp4");
        SequentialReference.Run("-i", plain.Movie, "-c", "copy", "-bsf:v", $"h264_metadata=display_orientation=insert:{orientation}", path);
        var record = AssertCut(path, Orientations.Of(tag), 0, SequentialReference.Frames(path, 0, Size, Box));
        var clip = ClipProperties.Read(InstalledProgram.Ffmpeg, path, ExactnessCheck.Patience, Cancel);
        Assert.Equal((record.Width, record.Height, record.Orientation), (clip.Width, clip.Height, clip.Orientation));
    }

    private static CropBox Box => new(19, 33, 73, 61); // within 120 columns and 120 rows

    private static VideoRecord Probe(string path)
    {
        using var prober = new IsolatedProber(InstalledProgram.Ffmpeg);
        return prober.Probe(path, ExactnessCheck.Patience, Cancel);
    }

    private static VideoRecord AssertCut(string path, DisplayOrientation orientation, int frame, IReadOnlyList<byte[]> truth)
    {
        using var inProcessProber = new InProcessProber(InstalledFfmpeg.Libraries);
        using var inProcess = new InProcessPairDecoder(InstalledFfmpeg.Libraries);
        using var isolated = new IsolatedPairDecoder(InstalledProgram.Ffmpeg);
        var records = new[] { inProcessProber.Probe(path, ExactnessCheck.Patience, Cancel), Probe(path) };
        Each.Holds(records, record => Assert.Equal(orientation, record.Orientation));
        Each.Holds(records, record => Assert.Equal(orientation.SwapsSides ? (120, 160) : (160, 120), (record.Width, record.Height)));
        var (one, other) = (Decode(inProcess), Decode(isolated));
        Assert.InRange(SequentialReference.Difference(truth[frame], one), 0, 2);
        Assert.Equal(one, other);
        return records[1];

        byte[] Decode(IPairDecoder decoder)
        {
            var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
            decoder.Decode(records[0], CropPlan.Of(frame, 0, Box), Size, ExactnessCheck.Patience, first, second, Cancel);
            return first;
        }
    }

    /// <summary>A movie and a JPEG as they are stored. Every pixel has a colour of its own, so that a box may start anywhere.</summary>
    public sealed class Plain : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<string> _movie;
        private readonly Lazy<string> _jpeg;
        private readonly Lazy<byte[]> _firstFrame;

        public Plain()
        {
            _movie = new(() => Make(
                "plain.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=0.5", "-c:v", "libx264", "-pix_fmt", "yuv444p"));
            _jpeg = new(() => Make(
                "plain.jpg", "-i", Movie, "-frames:v", "1", "-update", "1", "-q:v", "2", "-pix_fmt", "yuvj444p", "-c:v", "mjpeg",
                "-f", "image2"));
            _firstFrame = new(() => File.ReadAllBytes(Make(
                "plain.rgb", "-i", Movie, "-frames:v", "1", "-pix_fmt", "rgb24", "-sws_flags", "bilinear+accurate_rnd+full_chroma_int",
                "-f", "rawvideo")));
        }

        public string Movie => _movie.Value;

        public string Jpeg => _jpeg.Value;

        /// <summary>160·120·3 bytes.</summary>
        public byte[] FirstFrame => _firstFrame.Value;

        public void Dispose() => _folder.Dispose();

        private string Make(string name, params string[] arguments)
        {
            SequentialReference.Require();
            SequentialReference.Run([.. arguments, _folder.File(name)]);
            return _folder.File(name);
        }
    }
}
