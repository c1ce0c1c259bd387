using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>
/// Sends samples to the ranks whose batch statistics they are to have, and back (shuffle-BN over several ranks, METHOD.md §6): place i of
/// the whole batch gets sample permutation[i]; each rank holds as many consecutive samples, and afterwards as many consecutive places. Each
/// sample travels to one rank alone, and what comes back can have a gradient, which travels the other way. Its tensors are in the dispose
/// scope in which it was created.
/// </summary>
internal sealed class BatchExchange
{
    private readonly ITensorCollectives _ranks;
    private readonly int[] _to;
    private readonly int[] _from;
    private readonly Tensor _leaving;
    private readonly Tensor _arriving;
    private readonly List<(Tensor Places, Tensor Samples)> _crossings = [];

    /// <summary>Creates the exchange of one step.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="permutation">A permutation of the whole batch, the same on every rank.</param>
    /// <param name="device">The device of the samples.</param>
    public BatchExchange(ITensorCollectives ranks, int[] permutation, Device device)
    {
        _ranks = ranks;
        var own = permutation.Length / ranks.Size;
        int RankOf(int index) => index / own;
        // Between two ranks the samples travel in the order of their places, which both know.
        var travels = permutation.Select((sample, place) => (Sample: sample, Place: place)).ToArray();
        var leaving = travels.Where(t => RankOf(t.Sample) == ranks.Rank).OrderBy(t => t.Place).ToArray();
        var arriving = travels.Where(t => RankOf(t.Place) == ranks.Rank).OrderBy(t => RankOf(t.Sample)).ThenBy(t => t.Place).ToArray();
        _to = [.. Enumerable.Range(0, ranks.Size).Select(rank => leaving.Count(t => RankOf(t.Place) == rank))];
        _from = [.. Enumerable.Range(0, ranks.Size).Select(rank => arriving.Count(t => RankOf(t.Sample) == rank))];
        // Of each row that leaves, which own sample it is; of each row that arrived, at which own place it belongs.
        long[] places = [.. leaving.Select(t => t.Sample), .. arriving.Select(t => t.Place)];
        using var scope = NewDisposeScope();
        var here = tensor([.. places.Select(place => place - (ranks.Rank * own))], [2, own]);
        // Behind an exchange that waits for another rank, a copy that waits for the card would wait, too, and without a deadline.
        var there = device.type == DeviceType.CUDA ? here.pin_memory().to(device, non_blocking: true) : here;
        _leaving = there[0].MoveToOuterDisposeScope();
        _arriving = there[1].MoveToOuterDisposeScope();
    }

    /// <summary>Own samples [n, …] → own places [n, …], without gradient, in the caller's dispose scope.</summary>
    public Tensor There(Tensor samples) => There(samples, "shuffling the batch");

    /// <summary>
    /// Own places [n, …] → own samples [n, …], in the caller's dispose scope. If the places have a gradient, so do the samples, and
    /// <see cref="Gradient"/> leads from these to those.
    /// </summary>
    public Tensor Back(Tensor places)
    {
        var samples = Travel(places, _arriving, _from, _leaving, _to, "putting the batch back into its order");
        if (!places.requires_grad) return samples;
        samples.requires_grad_();
        _crossings.Add((places.alias().MoveToOtherDisposeScope(_leaving), samples.MoveToOtherDisposeScope(_leaving)));
        return samples.alias();
    }

    /// <summary>
    /// Returns a loss's gradient with respect to parameters, in the caller's dispose scope, also of what other ranks' losses make of this
    /// rank's places. Every rank does this in the same step. A custom function of autograd would exchange on a thread of autograd's, where
    /// a lost rank cannot be thrown.
    /// </summary>
    /// <param name="loss">The loss of this rank's own samples.</param>
    /// <param name="parameters">The parameters.</param>
    public IList<Tensor> Gradient(Tensor loss, IReadOnlyList<Tensor> parameters)
    {
        var all = autograd.grad([loss], [.. parameters, .. _crossings.Select(crossing => crossing.Samples)]);
        Tensor[] sums = [.. all.Take(parameters.Count)];
        foreach (var (crossing, ofSamples) in _crossings.Zip(all.Skip(parameters.Count)))
        {
            var ofPlaces = There(ofSamples, "bringing the gradient to where the batch was");
            var more = autograd.grad([crossing.Places], [.. parameters], [ofPlaces], allow_unused: true);
            // Heads come after the way back, so that the places do not depend on their parameters.
            for (var i = 0; i < sums.Length; i++) sums[i] = more[i].IsInvalid ? sums[i] : sums[i].add(more[i]);
        }

        return sums;
    }

    private Tensor There(Tensor samples, string what) => Travel(samples, _leaving, _to, _arriving, _from, what);

    private Tensor Travel(Tensor rows, Tensor order, int[] to, Tensor puts, int[] from, string what)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        // Sent in the rows' own layout, so that it stays what it was.
        var isLast = rows.dim() == 4 && rows.stride(1) == 1;
        var flat = isLast ? rows.detach().permute(0, 2, 3, 1) : rows.detach();
        var sent = flat.index_select(0, order).contiguous();
        var received = empty_like(sent);
        _ranks.AllToAll(sent, to, received, from, what);
        var put = empty_like(received).index_copy_(0, puts, received);
        return (isLast ? put.permute(0, 3, 1, 2) : put).MoveToOuterDisposeScope();
    }
}
