using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CACL.Data.Batches;

namespace CACL.Actors.Decoding;

/// <summary>The training loop's end of the stream. The reader of a batch owns it.</summary>
internal sealed class BatchReader(ChannelReader<PairBatch> batches, PairsUnderway pairs) : ChannelReader<PairBatch>
{
    public override bool CanCount => batches.CanCount;

    public override int Count => batches.Count;

    public override Task Completion => batches.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out PairBatch item)
    {
        while (batches.TryRead(out item))
        {
            if (pairs.HandOver(item)) return true;
        }

        return false;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        batches.WaitToReadAsync(cancellationToken);
}
