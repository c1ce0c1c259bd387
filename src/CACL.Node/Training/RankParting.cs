using CACL.Learning.DataParallel;
using CACL.Learning.Ranks;

namespace CACL.Node.Training;

/// <summary>
/// Parts rank 0 from the others as soon as the training is over: they end at once, while rank 0 may go on evaluating and answering. Ranks
/// leave MPI together, so that those who are done would otherwise wait for rank 0's own end. Each exchange of the parting has a deadline.
/// </summary>
internal sealed class RankParting : IDisposable
{
    private readonly RankLeader? _leader;
    private readonly ITensorCollectives _exchange;
    private readonly Lazy<Task> _parting;

    /// <summary>Prepares it; nobody is parted yet.</summary>
    /// <param name="leader">Rank 0's end of the ranks; null: it trains alone.</param>
    /// <param name="exchange">What exchanges the tensors of its steps. Owned.</param>
    public RankParting(RankLeader? leader, ITensorCollectives exchange)
    {
        (_leader, _exchange) = (leader, exchange);
        _parting = new Lazy<Task>(() => Task.Run(Part));
    }

    /// <summary>Begins to part, and does not wait. The engine must be gone. Called once more, it does nothing.</summary>
    public void Begin() => _ = _parting.Value;

    /// <summary>Parts, if that has not begun, and waits until it is done.</summary>
    public void Dispose() => _parting.Value.GetAwaiter().GetResult();

    private void Part()
    {
        // Who is lost is not waited for, and a step that hangs uses both still.
        if (_leader?.End() == false) return;
        _exchange.Dispose();
        _leader?.Ranks.Dispose();
    }
}
