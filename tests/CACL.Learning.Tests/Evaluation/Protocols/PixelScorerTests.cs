using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

/// <summary>Votes of neighbours, and clusters of upsampled pixels, against sums over every pixel.</summary>
public sealed class PixelScorerTests
{
    private const int Channels = 4;
    private static readonly Gen<double[]> Vectors = Gen.Double[-1, 1].Array[Channels].Where(v => v.Sum(x => x * x) > 0.05);

    [Fact]
    public void Neighbours_vote_by_their_similarity() =>
        Gen.Select(Vectors.Array[1, 12], Vectors.Array[6], Gen.Int[1, 15], Gen.Double[0.05, 1]).Sample((sample, pixels, k, temperature) =>
        {
            using var scope = NewDisposeScope();
            byte[] classes = [.. Enumerable.Range(0, sample.Length).Select(i => (byte)(i % 3))];
            var rows = tensor(sample.SelectMany(Unit).Select(v => (float)v).ToArray(), [sample.Length, Channels]);
            using var scorer = new NeighbourScorer(
                new PixelSample(rows.DetachFromDisposeScope(), classes, IsWhole: true), 3,
                new NeighbourOptions { Neighbours = k, Temperature = temperature });
            var scores = scorer.Scores(Map(pixels, 2, 3));
            Assert.Equal([1, 3, 2, 3], scores.shape);
            for (var p = 0; p < 6; p++)
            {
                var ranked = sample.Select((s, i) => (Class: classes[i], Similarity: Dot(Unit(s), Unit(pixels[p]))))
                    .OrderByDescending(v => v.Similarity).ToArray();
                // Which of two equally similar pixels is the last to vote is left open.
                if (k < ranked.Length && ranked[k - 1].Similarity - ranked[k].Similarity < 1e-5) continue;
                var votes = ranked.Take(k).ToArray();
                var all = votes.Sum(v => Math.Exp(v.Similarity / temperature));
                for (var c = 0; c < 3; c++)
                {
                    var share = votes.Where(v => v.Class == c).Sum(v => Math.Exp(v.Similarity / temperature)) / all;
                    Assert.Equal(share, scores[0, c, p / 3, p % 3].item<float>(), 1e-4);
                }
            }
        }, iter: 100);

    [Fact]
    public void The_cluster_of_an_upsampled_pixel_is_the_nearest_to_its_upsampled_vector() =>
        Gen.Select(Vectors.Array[2, 5], Vectors.Array[6]).Sample((centres, pixels) =>
        {
            using var scope = NewDisposeScope();
            using var scorer = new ClusterScorer([.. centres.SelectMany(c => c).Select(v => (float)v)], centres.Length, CPU);
            var features = Map(pixels, 2, 3);
            var clusters = Segmentation.Upsample(scorer.Scores(features), 10, 15).argmax(1);
            var vectors = Segmentation.Upsample(Map([.. pixels.Select(Unit)], 2, 3), 10, 15);
            for (var p = 0; p < 150; p++)
            {
                var vector = Enumerable.Range(0, Channels).Select(d => (double)vectors[0, d, p / 15, p % 15].item<float>()).ToArray();
                var distances = centres.Select(c => c.Zip(vector, (a, b) => (a - b) * (a - b)).Sum()).ToArray();
                Assert.Equal(distances.Min(), distances[clusters[0, p / 15, p % 15].item<long>()], 1e-5);
            }
        }, iter: 20);

    [Fact]
    public void A_map_of_more_similarities_than_are_held_at_once_is_scored_alike()
    {
        using var scope = NewDisposeScope();
        // 2¹⁶ pixels in the sample and 300 in the map: blocks of 256.
        var rows = PixelSample.Normalised(Waves(1 << 16));
        byte[] classes = [.. Enumerable.Range(0, 1 << 16).Select(i => (byte)(i % 5))];
        var options = new NeighbourOptions { Neighbours = 3 };
        using var scorer = new NeighbourScorer(new PixelSample(rows.DetachFromDisposeScope(), classes, IsWhole: true), 5, options);
        var map = Waves(300).t().reshape(1, Channels, 15, 20);
        var whole = scorer.Scores(map);
        var last = scorer.Scores(map.narrow(2, 14, 1).contiguous());
        Assert.True(whole.narrow(2, 14, 1).allclose(last, rtol: 1e-4, atol: 1e-5));
        Assert.True(whole.sum(1).allclose(ones(1, 15, 20)));
    }

    private static Tensor Waves(int count) =>
        stack([.. Enumerable.Range(1, Channels).Select(c => arange(count, dtype: float32).mul(0.7 * c * c).sin())], dim: 1);

    private static Tensor Map(double[][] pixels, int height, int width) =>
        tensor(pixels.SelectMany(p => p).Select(v => (float)v).ToArray(), [1, height, width, Channels]).permute(0, 3, 1, 2);

    private static double[] Unit(double[] vector)
    {
        var length = Math.Sqrt(Dot(vector, vector));
        return [.. vector.Select(v => v / length)];
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other, (a, b) => a * b).Sum();
}
