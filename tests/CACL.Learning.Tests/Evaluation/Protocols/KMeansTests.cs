using CACL.Learning.Evaluation.Protocols;
using CACL.Testing;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation.Protocols;

/// <summary>k-means against sums over all rows, and, of few rows, against all ways of dividing them.</summary>
public sealed class KMeansTests
{
    private static readonly Gen<double[][]> Points = Gen.Double[-1, 1].Array[3].Array[4, 8];

    // The points are fixed: from others, no number of starts is sure to reach the best of all divisions.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_division_of_few_rows_is_better_and_every_centre_is_the_mean_of_its_rows(int k)
    {
        for (var set = 0; set < 12; set++)
        {
            using var scope = NewDisposeScope();
            double Coordinate(int i, int d) => Math.Sin((31 * set) + (i * i * d));
            var points = Enumerable.Range(1, 7).Select(i => new[] { Coordinate(i, 1), Coordinate(i, 2), Coordinate(i, 3) }).ToArray();
            using var found = KMeans.Fit(Rows(points), k, starts: 100, iterations: 50, Context((ulong)set));
            var best = Divisions(points.Length, k).Min(division => Inertia(points, Means(points, division, k)));
            Assert.InRange(found.Inertia, best - 1e-6, best + 1e-6);
            var centres = Numbers(found.Centres);
            var means = Means(points, [.. points.Select(p => Nearest(p, centres))], k);
            for (var c = 0; c < k; c++) Each.Holds(centres[c].Zip(means[c]), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        }
    }

    [Fact]
    public void What_is_told_of_clusters_is_so() => Gen.Select(Points, Gen.Int[1, 4], Gen.ULong).Sample((points, k, seed) =>
    {
        using var scope = NewDisposeScope();
        using var found = KMeans.Fit(Rows(points), k, starts: 3, iterations: 50, Context(seed));
        var centres = Numbers(found.Centres);
        Assert.Equal(Inertia(points, centres), found.Inertia, 1e-6);
        // A row as near to two centres may belong to either.
        var two = points.Select(p => centres.Select(c => Squared(p, c)).Order().Take(2).ToArray());
        if (two.Any(distances => distances is [var one, var other] && other - one < 1e-5)) return;
        var nearest = points.Select(p => Nearest(p, centres)).ToArray();
        Assert.Equal(
            Enumerable.Range(0, k).Select(c => (double)nearest.Count(n => n == c)), found.Sizes.data<double>().ToArray());
    }, iter: 60);

    [Fact]
    public void Rows_beyond_one_block_are_assigned_like_the_first()
    {
        using var scope = NewDisposeScope();
        var points = Enumerable.Range(0, 20_000).Select(i => new[] { Math.Sin(i), Math.Cos(3.0 * i), (i % 7) / 7.0 }).ToArray();
        double[][] centres = [[0.5, 0, 0.1], [-0.5, 0.2, 0.9], [0, -1, 0.5]];
        var (sums, sizes, distances, nearest) = KMeans.Assign(Rows(points), Rows(centres));
        var expected = points.Select(p => Nearest(p, centres)).ToArray();
        Assert.Equal(expected, nearest.data<long>().ToArray().Select(n => (int)n));
        Assert.Equal(points.Select((p, i) => Squared(p, centres[expected[i]])).Sum(), distances.sum().item<double>(), 0.01);
        for (var c = 0; c < 3; c++)
        {
            var members = points.Where((_, i) => expected[i] == c).ToArray();
            Assert.Equal(members.Length, sizes[c].item<double>());
            for (var d = 0; d < 3; d++) Assert.Equal(members.Sum(m => m[d]), sums[c][d].item<double>(), 0.02);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_bits_and_more_starts_are_never_worse()
    {
        using var scope = NewDisposeScope();
        var rows = Rows([.. Enumerable.Range(0, 300).Select(i => new[] { Math.Sin(i * i), Math.Cos(5.0 * i), Math.Sin(i / 3.0) })]);
        var inertias = new[] { 1, 2, 4, 8 }.Select(starts =>
        {
            using var one = KMeans.Fit(rows, 9, starts, 50, Context(4));
            using var other = KMeans.Fit(rows, 9, starts, 50, Context(4));
            Assert.Equal(one.Centres.data<float>().ToArray(), other.Centres.data<float>().ToArray());
            return one.Inertia;
        }).ToArray();
        Assert.Equal(inertias.OrderDescending(), inertias);
        Assert.True(inertias[^1] < inertias[0]);
    }

    [Fact]
    public void Fewer_different_rows_than_clusters_are_found_all()
    {
        using var scope = NewDisposeScope();
        var rows = Rows([[0, 0, 1], [0, 0, 1], [0, 1, 0], [0, 1, 0], [0, 1, 0]]);
        using var found = KMeans.Fit(rows, 4, 2, 50, Context(0));
        Assert.Equal(0, found.Inertia, 1e-9);
        Assert.True(found.Centres.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_cluster_that_lost_its_rows_begins_anew()
    {
        using var scope = NewDisposeScope();
        double[][] points = [[0, 0, 0], [0.1, 0, 0], [1, 0, 0], [1.1, 0, 0]];
        // The third centre is the nearest of none of the rows.
        using var found = KMeans.Lloyd(Rows(points), Rows([[0, 0, 0], [1, 0, 0], [0.5, 9, 0]]), 50, TestContext.Current.CancellationToken);
        Assert.Equal(1, found.Sizes.min().item<double>());
        Assert.Equal(0.0025 * 2 / 4, found.Inertia, 1e-6);
    }

    [Fact]
    public void Mini_batches_move_centres_to_the_mean_of_all_that_they_had()
    {
        using var scope = NewDisposeScope();
        double[][] first = [[0, 0, 0], [0, 0.2, 0], [5, 5, 5]], second = [[0, 0.4, 0], [5, 6, 5], [6, 5, 5], [0.1, 0, 0]];
        using var clusters = KMeans.Fit(Rows(first), 2, 4, 50, Context(1));
        KMeans.Absorb(clusters, Rows(second[..2]));
        KMeans.Absorb(clusters, Rows(second[2..]));
        double[][] means = [[0.025, 0.15, 0], [16.0 / 3, 16.0 / 3, 5]];
        var found = Numbers(clusters.Centres).OrderBy(c => c[2]).ToArray();
        for (var c = 0; c < 2; c++) Each.Holds(found[c].Zip(means[c]), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal([3.0, 4.0], clusters.Sizes.data<double>().ToArray().Order());
    }

    private static EvaluationContext Context(ulong seed) => new() { Seed = seed, Device = CPU, Threads = 1 };

    private static Tensor Rows(double[][] points) =>
        tensor(points.SelectMany(p => p).Select(v => (float)v).ToArray(), [points.Length, points[0].Length]);

    private static double[][] Numbers(Tensor rows) =>
        [.. rows.data<float>().ToArray().Chunk((int)rows.shape[1]).Select(row => row.Select(v => (double)v).ToArray())];

    private static double Squared(double[] one, double[] other) => one.Zip(other, (a, b) => (a - b) * (a - b)).Sum();

    private static int Nearest(double[] point, double[][] centres) =>
        Enumerable.Range(0, centres.Length).MinBy(c => Squared(point, centres[c]));

    private static double Inertia(double[][] points, double[][] centres) => points.Average(p => centres.Min(c => Squared(p, c)));

    private static double[][] Means(double[][] points, int[] division, int k) =>
    [
        .. Enumerable.Range(0, k).Select(c => points.Where((_, i) => division[i] == c).ToArray())
            .Select(members => Enumerable.Range(0, 3).Select(d => members.Length == 0 ? 9 : members.Average(m => m[d])).ToArray()),
    ];

    private static IEnumerable<int[]> Divisions(int rows, int k)
    {
        for (var number = 0; number < Math.Pow(k, rows); number++)
        {
            var (rest, division) = (number, new int[rows]);
            for (var i = 0; i < rows; i++, rest /= k) division[i] = rest % k;
            yield return division;
        }
    }
}
