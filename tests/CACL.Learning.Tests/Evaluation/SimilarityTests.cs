using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Similarity;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Testing;
using static TorchSharp.torch;
using Padding = CACL.Learning.Networks.Padding;

namespace CACL.Learning.Tests.Evaluation;

public sealed class SimilarityTests
{
    private const int Width = 72;
    private const int Height = 56;

    [Fact]
    public void A_pixel_of_a_frame_is_most_like_itself_under_every_head()
    {
        using var model = Untrained(Heads.All);
        var frame = Noise(1);
        Assert.Equal([null, "global", "pixel", "cycle"], model.Views.Select(view => view?.Name));
        var views = model.Compare(frame, frame, [(0, 0), (37, 22), (Width - 1, Height - 1)]);
        foreach (var maps in views)
        {
            Assert.Equal([(0, 0), (4, 2), (8, 6)], maps.Select(map => map.Best));
            Each.Holds(maps, map => Assert.Equal((9, 7), (map.Width, map.Height)));
            Each.Holds(maps, map => Assert.Equal(1, map.Highest, 1e-5));
            Each.Holds(maps, map => Assert.True(map.Lowest < 0.9999, "Every position is like every other."));
        }
    }

    [Fact]
    public void The_spread_of_a_head_tells_whether_it_can_tell_pixels_apart()
    {
        using var model = Untrained(Heads.All);
        var apart = model.Spreads([Noise(1), Noise(2)], longest: 0);
        Assert.Equal(["global", "pixel", "cycle"], apart.Select(head => head.Head));
        Each.Holds(apart, head => Assert.InRange(head.Spread, 1e-4, 1.5));
        // By the cosines of one position with all, which the maps hold.
        var frame = Noise(1);
        (int, int)[] all = [.. Enumerable.Range(0, 63).Select(i => (i % 9 * 8, i / 9 * 8))];
        var cosines = model.Compare(frame, frame, all)[3].SelectMany((map, i) => map.Cosines.Where((_, j) => j != i));
        Assert.Equal(1 - cosines.Average(), model.Spreads([frame], longest: 0)[2].Spread, 1e-5);
        // A grey picture is the same everywhere but at its border.
        var grey = new RgbImage(Width, Height, [.. Enumerable.Repeat((byte)120, Width * Height * 3)]);
        Assert.True(model.Spreads([grey], longest: 0)[0].Spread < apart[0].Spread);
    }

    [Fact]
    public void A_patch_that_moved_is_found_where_it_went()
    {
        using var model = Untrained(Heads.Pixel);
        // A patch as large as the network's receptive field is on grey, and 24 pixels further to the right in the second frame.
        var (first, second) = (Patch(16, 16), Patch(40, 16));
        var maps = model.Compare(first, second, [(20, 20)])[0];
        Assert.Equal((5, 2), maps[0].Best);
    }

    [Fact]
    public void A_map_is_upsampled_as_torch_does_it()
    {
        float[] cosines = [0.1f, -0.4f, 0.9f, 0.3f, 0.2f, -1f];
        using var scope = NewDisposeScope();
        var expected = Segmentation.Upsample(tensor(cosines, [1, 1, 2, 3]), 11, 17);
        var map = new SimilarityMap(3, 2, cosines);
        Assert.Equal(expected.data<float>().ToArray(), map.Upsample(17, 11), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal((2, 0), map.Best);
    }

    private static SimilarityModel Untrained(Heads heads)
    {
        var weights = new NetworkWeights(Backbone.ResNet18, CaclHeads.Specs(heads, Backbone.ResNet18), CPU);
        using var _ = no_grad();
        weights.Initialise(7);
        return new SimilarityModel(weights, Padding.Zeros, CPU);
    }

    private static RgbImage Noise(ulong seed)
    {
        var pixels = new byte[Width * Height * 3];
        var state = seed;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)((state = (state * 6364136223846793005UL) + 1442695040888963407UL) >> 56);
        return new RgbImage(Width, Height, pixels);
    }

    private static RgbImage Patch(int left, int top)
    {
        var texture = Noise(3).Pixels;
        var pixels = new byte[Width * Height * 3];
        Array.Fill(pixels, (byte)120);
        for (var y = 0; y < 8; y++) Array.Copy(texture, y * Width * 3, pixels, (((top + y) * Width) + left) * 3, 8 * 3);
        return new RgbImage(Width, Height, pixels);
    }
}
