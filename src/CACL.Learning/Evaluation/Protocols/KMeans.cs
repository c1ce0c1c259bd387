using CACL.Data.Sampling;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Centres of clusters, and how well they fit.</summary>
/// <param name="Centres">[k,C] float32; in no dispose scope.</param>
/// <param name="Inertia">Mean squared distance of a row to its centre.</param>
/// <param name="Sizes">Rows of each cluster; [k] float64, in no dispose scope.</param>
internal sealed record Clusters(Tensor Centres, double Inertia, Tensor Sizes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Centres.Dispose();
        Sizes.Dispose();
    }
}

/// <summary>
/// k-means: Lloyd's iterations from seeds by k-means++ (Arthur and Vassilvitskii, 2007), all in products of matrices whose sums have a
/// fixed order. A cluster that lost its rows begins anew at the row that is farthest from its centre.
/// </summary>
internal static class KMeans
{
    // A start is done when an iteration lowers its inertia by less than this share.
    private const double LeastGain = 1e-4;

    private const long BlockRows = 8192;

    /// <summary>Clusters rows [n,C], n ≥ 1, from several starts, and returns the best. Equal calls give equal results.</summary>
    /// <param name="rows">[n,C] float32.</param>
    /// <param name="clusters">k, at least 1.</param>
    /// <param name="starts">Number of starts, at least 1.</param>
    /// <param name="iterations">Most iterations of a start, at least 1.</param>
    /// <param name="context">Seed, device, progress.</param>
    public static Clusters Fit(Tensor rows, int clusters, int starts, int iterations, EvaluationContext context)
    {
        using var _ = no_grad();
        Clusters? best = null;
        for (var start = 0; start < starts; start++)
        {
            var random = new CounterRandom(context.Seed, 0, start, 0, DrawPurpose.EvaluationClusters);
            var found = Lloyd(rows, Seeds(rows, clusters, ref random), iterations, context.Cancel);
            context.Progress(new EvaluationProgress("clustering", start + 1, starts));
            if (best is null || found.Inertia < best.Inertia) (best, found) = (found, best);
            found?.Dispose();
        }

        return best!;
    }

    /// <summary>
    /// Moves centres to the mean of all rows that they ever had, these rows included (Sculley, 2010): <paramref name="clusters"/> changes
    /// in place.
    /// </summary>
    public static void Absorb(Clusters clusters, Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (sums, sizes, _, _) = Assign(rows, clusters.Centres);
        clusters.Sizes.add_(sizes);
        var step = sums.sub(clusters.Centres.to(float64).mul(sizes.unsqueeze(1))).div(clusters.Sizes.clamp_min(1).unsqueeze(1));
        clusters.Centres.add_(step.to(float32));
    }

    /// <summary>
    /// Returns k rows as first centres: each is drawn in proportion to its squared distance to the nearest of those before.
    /// </summary>
    private static Tensor Seeds(Tensor rows, int clusters, ref CounterRandom random)
    {
        using var scope = NewDisposeScope();
        var places = new long[clusters];
        Tensor? distances = null;
        for (var k = 0; k < clusters; k++)
        {
            places[k] = Drawn(distances, rows.shape[0], ref random);
            // Directly rather than by the scalar product: a row has the distance 0 to itself.
            var distance = SquaredDistances(rows, rows[places[k]]);
            distances = distances is null ? distance : minimum(distances, distance);
        }

        return rows.index_select(0, tensor(places, device: rows.device)).MoveToOuterDisposeScope();
    }

    private static long Drawn(Tensor? distances, long rows, ref CounterRandom random)
    {
        var cumulated = distances?.cumsum(0);
        var total = cumulated?[-1].cpu().item<double>() ?? 0;
        // All rows are equally far where none was chosen yet, and where all of them equal a chosen one.
        if (total <= 0) return random.Below((int)rows);
        var mark = tensor(random.Unit() * total, float64, cumulated!.device);
        return Math.Min(searchsorted(cumulated, mark, right: true).cpu().item<long>(), rows - 1);
    }

    private static Tensor SquaredDistances(Tensor rows, Tensor centre)
    {
        using var scope = NewDisposeScope();
        var distances = empty([rows.shape[0]], float64, rows.device);
        foreach (var (first, count) in Blocks(rows))
        {
            using var inner = NewDisposeScope();
            distances.narrow(0, first, count).copy_(rows.narrow(0, first, count).sub(centre).square().sum(dim: 1));
        }

        return distances.MoveToOuterDisposeScope();
    }

    /// <summary>Iterates from these centres, which it disposes of.</summary>
    internal static Clusters Lloyd(Tensor rows, Tensor centres, int iterations, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var before = double.PositiveInfinity;
        for (var iteration = 1; ; iteration++)
        {
            cancel.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (sums, sizes, distances, _) = Assign(rows, centres);
            var inertia = distances.mean().cpu().item<double>();
            if (iteration > iterations || before - inertia < LeastGain * before)
                return new Clusters(centres.DetachFromDisposeScope(), inertia, sizes.DetachFromDisposeScope());
            before = inertia;
            using var former = centres;
            centres = Moved(rows, sums, sizes, distances).MoveToOuterDisposeScope();
        }
    }

    private static Tensor Moved(Tensor rows, Tensor sums, Tensor sizes, Tensor distances)
    {
        using var scope = NewDisposeScope();
        var centres = sums.div(sizes.clamp_min(1).unsqueeze(1)).to(float32);
        var empty = sizes.eq(0).nonzero().flatten();
        var count = (int)Math.Min(empty.shape[0], rows.shape[0]);
        if (count > 0)
        {
            var farthest = distances.topk(count).indexes;
            centres.index_copy_(0, empty.narrow(0, 0, count), rows.index_select(0, farthest));
        }

        return centres.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Assigns each row to its nearest centre: [k,C] float64 sums of the rows of each, [k] float64 their number, [n] float64 squared
    /// distances, [n] int64 centres.
    /// </summary>
    internal static (Tensor Sums, Tensor Sizes, Tensor Distances, Tensor Nearest) Assign(Tensor rows, Tensor centres)
    {
        using var scope = NewDisposeScope();
        var (k, lengths) = (centres.shape[0], centres.square().sum(dim: 1));
        var (sums, sizes) = (zeros([k, rows.shape[1]], float64, rows.device), zeros([k], float64, rows.device));
        var distances = empty([rows.shape[0]], float64, rows.device);
        var nearest = empty([rows.shape[0]], int64, rows.device);
        foreach (var (first, count) in Blocks(rows))
        {
            using var inner = NewDisposeScope();
            var block = rows.narrow(0, first, count);
            // |x − c|² = |x|² − (2·x·c − |c|²), of which only the last part differs between centres.
            var (most, places) = addmm(lengths, block, centres.t(), beta: -1, alpha: 2).max(1);
            var members = nn.functional.one_hot(places, k).to(float32);
            sums.add_(members.t().mm(block));
            sizes.add_(members.sum(dim: 0));
            distances.narrow(0, first, count).copy_(block.square().sum(dim: 1).sub_(most).clamp_min_(0));
            nearest.narrow(0, first, count).copy_(places);
        }

        return (
            sums.MoveToOuterDisposeScope(), sizes.MoveToOuterDisposeScope(), distances.MoveToOuterDisposeScope(),
            nearest.MoveToOuterDisposeScope());
    }

    private static IEnumerable<(long First, long Count)> Blocks(Tensor rows)
    {
        var count = rows.shape[0];
        for (var first = 0L; first < count; first += BlockRows) yield return (first, Math.Min(BlockRows, count - first));
    }
}
