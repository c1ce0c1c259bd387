using static TorchSharp.torch;

namespace CACL.Learning.Ranks;

/// <summary>
/// What the ranks of a training exchange within a step: tensors, on the device that trains. Every rank makes the same calls in the same
/// order with tensors of the same shapes. On a card an exchange may be only handed over when a call returns, in the order of the card's
/// other work; <see cref="Finish"/> waits for all of them. Each fails with a <see cref="LostRankException"/> after a deadline, as do all
/// calls after it. Used by the thread that trains.
/// </summary>
public interface ITensorCollectives : IDisposable
{
    /// <summary>The number of this process among the ranks, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of ranks, at least 1.</summary>
    int Size { get; }

    /// <summary>Whether this process trains alone, so that a step need not exchange anything.</summary>
    bool IsAlone { get; }

    /// <summary>Seconds that exchanges have taken this rank so far, with waiting for others; null where a card carries them out.</summary>
    double? ExchangeSeconds { get; }

    /// <summary>Replaces each number by its sum over all ranks, the same on every rank, bit for bit.</summary>
    /// <param name="x">Contiguous, float32 or float64.</param>
    /// <param name="what">What is waited for, as the end of "did not take part in …".</param>
    void AllReduce(Tensor x, string what);

    /// <summary>Puts the rows of all ranks behind each other, in the ranks' order.</summary>
    /// <param name="own">This rank's rows [n, …], contiguous.</param>
    /// <param name="all">Contiguous [n·ranks, …] of the same type.</param>
    /// <param name="what">See <see cref="AllReduce"/>.</param>
    void AllGather(Tensor own, Tensor all, string what);

    /// <summary>Sends each rank its own rows, and receives from each.</summary>
    /// <param name="send">The rows to send [n, …], contiguous, those for rank 0 first.</param>
    /// <param name="sendRows">How many go to each rank.</param>
    /// <param name="receive">The rows received, contiguous, those of rank 0 first.</param>
    /// <param name="receiveRows">How many come from each rank.</param>
    /// <param name="what">See <see cref="AllReduce"/>.</param>
    void AllToAll(Tensor send, IReadOnlyList<int> sendRows, Tensor receive, IReadOnlyList<int> receiveRows, string what);

    /// <summary>
    /// Waits until all exchanges so far are done, and whatever the card had to do before them. Until then, what they give may not change
    /// anything that cannot be undone.
    /// </summary>
    /// <param name="what">See <see cref="AllReduce"/>.</param>
    void Finish(string what);
}
