using TorchSharp;
using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>
/// Sends samples to the ranks whose batch statistics they are to have, and back (shuffle-BN over several ranks, METHOD.md §6): place i of
/// the whole batch gets sample permutation[i]; each rank holds as many consecutive samples, and afterwards as many consecutive places. Each
/// sample travels to one rank alone. Without gradient. Its tensors are in the dispose scope in which it was created.
/// </summary>
internal sealed class BatchExchange
{
    private readonly ITensorCollectives _ranks;
    private readonly int[] _to;
    private readonly int[] _from;
    private readonly Tensor _leaving;
    private readonly Tensor _arriving;

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

    /// <summary>Own samples [n, …] → own places [n, …], in the caller's dispose scope.</summary>
    public Tensor There(Tensor samples) => Travel(samples, _leaving, _to, _arriving, _from, "shuffling the batch");

    /// <summary>Own places [n, …] → own samples [n, …], in the caller's dispose scope.</summary>
    public Tensor Back(Tensor places) => Travel(places, _arriving, _from, _leaving, _to, "putting the batch back into its order");

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
