using CACL.Learning.Losses;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Losses;

public sealed class SpreadTests
{
    [Theory]
    [InlineData(1, 2, 3, 16)]
    [InlineData(2, 5, 49, 128)]
    [InlineData(3, 16, 64, 8)]
    public void The_spread_is_one_minus_the_mean_cosine_of_all_pairs(ulong seed, long batch, long positions, long width)
    {
        using var scope = NewDisposeScope();
        // Pixels of a frame have something in common, and so have frames.
        var shared = randn([1, 1, width], generator: new Generator(seed)) + randn([batch, 1, width], generator: new Generator(seed + 10));
        var pixels = Unit(shared + randn([batch, positions, width], generator: new Generator(seed + 20)));

        // A head's spread is its own, whichever others are measured with it.
        var spreads = Spread.Of([Unit(randn([batch, positions, width], generator: new Generator(seed + 30))), pixels]);
        Assert.Equal(2, spreads.Count);
        var (ofPixels, ofFrames) = spreads[1];

        double[] frames = [.. Enumerable.Range(0, (int)batch).Select(frame => MeanOfPairs(pixels[frame]))];
        Assert.Equal(frames.Average(), ofPixels.item<float>(), 1e-5);
        Assert.Equal(MeanOfPairs(Unit(pixels.mean([1]))), ofFrames.item<float>(), 1e-5);
    }

    [Fact]
    public void It_is_0_where_all_are_alike_and_1_where_they_are_orthogonal_or_alone()
    {
        using var scope = NewDisposeScope();
        var same = Unit(randn([1, 1, 32], generator: new Generator(1))).expand(4, 9, 32);
        Assert.InRange(Pixels(same), 0, 1e-5f);
        Assert.InRange(Frames(same), 0, 1e-5f);

        // Each frame's pixels are one vector, and the frames' vectors are orthogonal.
        var frames = eye(4).unsqueeze(1).expand(4, 9, 4);
        Assert.InRange(Pixels(frames), 0, 1e-6f);
        Assert.Equal(1, Frames(frames), 1e-6);

        Assert.Equal(1, Pixels(same.narrow(1, 0, 1)));
        Assert.Equal(1, Frames(same.narrow(0, 0, 1)));

        static float Pixels(Tensor of) => Spread.Of([of])[0].OfPixels.item<float>();
        static float Frames(Tensor of) => Spread.Of([of])[0].OfFrames.item<float>();
    }

    private static Tensor Unit(Tensor x) => nn.functional.normalize(x, dim: -1);

    private static double MeanOfPairs(Tensor rows)
    {
        var cosines = rows.matmul(rows.t()).to(float64);
        var count = rows.shape[0];
        return 1 - ((cosines.sum() - cosines.trace()).item<double>() / (count * (count - 1)));
    }
}
