using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Node.Ending;

namespace CACL.Node.Tests.Pictures;

public sealed class SegmentTests : IDisposable
{
    private static readonly ClassInfo[] Classes = [new("road", 128, 64, 128), new("sky", 20, 220, 90)];

    private readonly PictureFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Every_frame_is_painted_in_the_colours_of_its_classes()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 9);
        var painted = _fixture.File("painted.mp4");
        var (status, output, error) = Segment(video, "--classifier", AlwaysSky(), "--opacity", "1", "--out", painted);
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("9 frames of 96×", output, StringComparison.Ordinal);
        Assert.Contains("was trained on another checkpoint's features", output, StringComparison.Ordinal);

        var (clip, frames) = PictureFixture.Read(painted);
        Assert.Equal((96, 12, 1, 9), (clip.Width, clip.RateNumerator, clip.RateDenominator, frames.Count));
        Assert.True(clip.Height > 64, "There is no legend below the frame.");
        foreach (var frame in frames)
        {
            AssertNear(frame.AsSpan(((30 * 96) + 50) * 3, 3), 20, 220, 90);
            AssertNear(frame.AsSpan(((5 * 96) + 5) * 3, 3), 20, 220, 90);
        }

        // The legend's first patch is road's.
        var legend = frames[0].Skip(64 * 96 * 3).Chunk(3);
        Assert.Contains(legend, pixel => Math.Abs(pixel[0] - 128) < 20 && Math.Abs(pixel[1] - 64) < 20 && Math.Abs(pixel[2] - 128) < 20);
        Assert.Equal(["classifier.safetensors", "painted.mp4", "street.mp4"], _fixture.Files);
    }

    [Fact]
    public void Beside_it_the_clip_stays_as_it_was()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 3);
        var (status, _, _) = Segment(
            video, "--classifier", AlwaysSky(), "--opacity", "0.5", "--side-by-side", "--out", _fixture.File("painted.mp4"));
        Assert.Equal(0, status);
        var (clip, frames) = PictureFixture.Read(_fixture.File("painted.mp4"));
        var (_, originals) = PictureFixture.Read(video);
        Assert.Equal((192, 3), (clip.Width, frames.Count));
        var (sum, halves) = (0.0, 0.0);
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 96; x++)
            {
                var (original, left, right) = (
                    originals[2][((y * 96) + x) * 3], frames[2][((y * 192) + x) * 3], frames[2][((y * 192) + 96 + x) * 3]);
                sum += Math.Abs(original - left);
                halves += Math.Abs(((original + 20) / 2.0) - right);
            }
        }

        Assert.InRange(sum / (96 * 64), 0, 14);
        Assert.InRange(halves / (96 * 64), 0, 14);
    }

    [Fact]
    public void A_classifier_of_another_backbone_is_refused()
    {
        var classifier = _fixture.File("fifty.safetensors");
        new LinearClassifierFile(Backbone.ResNet50, Classes, new float[2 * 2048], new float[2], "test", "").Write(classifier);
        var video = _fixture.Clip("street.mp4", 96, 64, 2);
        var (status, _, error) = PictureFixture.Cacl(
            "segment", "--checkpoint", _fixture.Weights(Heads.None), "--classifier", classifier, "--video", video);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("was trained on the features of a resnet50, and ", error, StringComparison.Ordinal);
        Assert.Contains("holds a resnet18", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_classifier_is_refused_before_anything_is_written()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 2);
        var (status, _, error) = Segment(video, "--classifier", video, "--out", _fixture.File("painted.mp4"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(video, error, StringComparison.Ordinal);
        Assert.Equal(["street.mp4"], _fixture.Files);
    }

    [Fact]
    public void The_video_is_not_painted_over()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 2);
        var (status, _, error) = Segment(video, "--classifier", AlwaysSky(), "--out", video);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("--out names the video itself", error, StringComparison.Ordinal);
    }

    private static (int Status, string Output, string Error) Segment(string video, params string[] more) =>
        PictureFixture.Cacl(["segment", "--checkpoint", "random", "--video", video, .. more]);

    /// <summary>A classifier that ignores its input.</summary>
    private string AlwaysSky()
    {
        var path = _fixture.File("classifier.safetensors");
        new LinearClassifierFile(Backbone.ResNet18, Classes, new float[2 * 512], [0, 1], "test", "").Write(path);
        return path;
    }

    private static void AssertNear(ReadOnlySpan<byte> pixel, int red, int green, int blue)
    {
        Assert.InRange(pixel[0], red - 12, red + 12);
        Assert.InRange(pixel[1], green - 12, green + 12);
        Assert.InRange(pixel[2], blue - 12, blue + 12);
    }
}
