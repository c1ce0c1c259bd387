using CACL.Data.Batches;

namespace CACL.Actors.Decoding;

/// <summary>
/// The pairs between a decoder's answer and the training loop. A stream that is shut down drops the elements inside it; this set finds
/// their pairs and returns their memory to the pool. Thread-safe.
/// </summary>
internal sealed class PairsUnderway : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<FramePair> _pairs = [];
    private bool _over;

    /// <summary>Takes ownership of a decoded pair. Returns false if the stream is over; the pair is then returned to the pool.</summary>
    public bool Add(FramePair pair)
    {
        lock (_gate)
        {
            if (!_over) return _pairs.Add(pair);
        }

        pair.Dispose();
        return false;
    }

    /// <summary>
    /// Passes a batch to the training loop, which owns it from then on. Returns false if the stream is over and the pairs are gone.
    /// </summary>
    public bool HandOver(PairBatch batch)
    {
        lock (_gate)
        {
            if (_over) return false;
            _pairs.ExceptWith(batch.Pairs);
            return true;
        }
    }

    /// <summary>Returns to the pool all pairs that nobody will ask for any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            foreach (var pair in _pairs) pair.Dispose();
            _pairs.Clear();
        }
    }
}
