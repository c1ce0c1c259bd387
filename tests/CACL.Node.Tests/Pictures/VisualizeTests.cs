using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Similarity;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Ending;
using CACL.Node.Pictures;
using SkiaSharp;

namespace CACL.Node.Tests.Pictures;

public sealed class VisualizeTests : IDisposable
{
    private readonly PictureFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_heat_map_is_brightest_where_the_similarity_is_largest()
    {
        const int Cell = 40;
        var cosines = new float[10 * 6];
        cosines[(4 * 10) + 7] = 0.9f;
        cosines[0] = -0.5f;
        var map = new SimilarityMap(10, 6, cosines);
        var frame = new RgbImage(10 * Cell, 6 * Cell, new byte[10 * Cell * 6 * Cell * 3]);
        using var heat = HeatMap.Over(frame, map);
        var brightest = heat.Pixels.Select((pixel, i) => (Level: pixel.Red + pixel.Green + pixel.Blue, i)).MaxBy(pixel => pixel.Level).i;
        Assert.InRange(brightest % heat.Width, 7 * Cell, (8 * Cell) - 1);
        Assert.InRange(brightest / heat.Width, 4 * Cell, (5 * Cell) - 1);
        Assert.Equal((-0.5f, 0.9f), HeatMap.Scale(map));
    }

    [Fact]
    public void What_is_all_but_the_same_everywhere_looks_so()
    {
        var map = new SimilarityMap(2, 1, [0.9990f, 0.9995f]);
        using var heat = HeatMap.Over(new RgbImage(2, 1, new byte[6]), map);
        Assert.InRange(heat.GetPixel(1, 0).Green - heat.GetPixel(0, 0).Green, 0, 6);
    }

    [Fact]
    public void A_sheet_shows_both_frames_and_a_map_for_each_point_and_head()
    {
        var video = _fixture.Clip("street.mp4", 160, 96, 20);
        var weights = _fixture.Weights(Heads.Global | Heads.Cycle);
        var sheet = _fixture.File("sheet.png");
        var (status, output, error) = PictureFixture.Cacl(
            "visualize", "--checkpoint", weights, "--video", video, "--frame", "5", "--point", "20,30", "--point", "159,95", "--out",
            sheet);
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("Points: 20,30  159,95", output, StringComparison.Ordinal);
        using var picture = SKBitmap.Decode(sheet);
        // The frame has 160×96 pixels and is enlarged threefold; there are three columns (backbone, global, cycle).
        Assert.Equal((2 * Sheet.Margin) + (3 * 480) + (2 * 20), picture.Width);
        Assert.True(picture.Height > 3 * 288);
    }

    [Fact]
    public void A_head_that_has_collapsed_is_told()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 12);
        string Visualize(Heads collapsed)
        {
            var (status, output, error) = PictureFixture.Cacl(
                "visualize", "--checkpoint", _fixture.Weights(Heads.Pixel | Heads.Cycle, collapsed), "--video", video, "--out",
                _fixture.File("sheet.png"));
            Assert.Equal((0, ""), (status, error));
            return output;
        }

        Assert.Contains("Beware: Of the checkpoint's heads, cycle (0.0000) has collapsed", Visualize(Heads.Cycle), StringComparison.Ordinal);
        Assert.DoesNotContain("collapsed", Visualize(Heads.None), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_heads_shows_the_backbones_own_features()
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 12);
        var (status, output, _) = PictureFixture.Cacl(
            "visualize", "--checkpoint", _fixture.Weights(Heads.None), "--video", video, "--stride", "0", "--out",
            _fixture.File("sheet.png"));
        Assert.Equal(0, status);
        Assert.Contains("holds no heads: only the backbone's own features", output, StringComparison.Ordinal);
        Assert.Contains("Points: 32,21  64,21  32,42  64,42", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The point 96,10 is outside of the video: its frames have 96×64 pixels", "--point", "96,10")]
    [InlineData("has 12 frames, counted from 0: with --stride 8 the last one that --frame can name is 3, not 4", "--frame", "4")]
    [InlineData("has 12 frames: too few for two that are 12 apart", "--stride", "12")]
    public void What_the_video_does_not_have_is_told_with_what_it_has(string expected, params string[] more)
    {
        var video = _fixture.Clip("street.mp4", 96, 64, 12);
        var (status, _, error) = PictureFixture.Cacl(
            ["visualize", "--checkpoint", _fixture.Weights(Heads.None), "--video", video, .. more]);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--point 3: expected a column and a row", "--point", "3")]
    [InlineData("--size: expected a whole number from 64", "--size", "8")]
    [InlineData("--frame: expected a whole number of 0 or more", "--frame", "-1")]
    public void A_wrong_command_line_is_refused(string expected, params string[] more)
    {
        var (status, _, error) = PictureFixture.Cacl(["visualize", "--checkpoint", "a", "--video", "b", .. more]);
        Assert.Equal(ExitCodes.Usage, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
