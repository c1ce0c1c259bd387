using CACL.Data.Batches;

namespace CACL.Actors.Decoding;

/// <summary>
/// The pairs between a decoder's answer and the training loop. A stream that is cut off drops what is in it wherever that is; here it
/// is found again, and its memory given back. Thread-safe.
/// </summary>
internal sealed class PairsUnderway : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<FramePair> _pairs = [];
    private bool _over;

    /// <summary>Takes a decoded pair over. False: the stream is over, the pair was given back.</summary>
    public bool Add(FramePair pair)
    {
        lock (_gate)
        {
            if (!_over) return _pairs.Add(pair);
        }

        pair.Dispose();
        return false;
    }

    /// <summary>Hands a batch over to the training loop, its owner from here on. False: the stream is over, the pairs are gone.</summary>
    public bool HandOver(PairBatch batch)
    {
        lock (_gate)
        {
            if (_over) return false;
            _pairs.ExceptWith(batch.Pairs);
            return true;
        }
    }

    /// <summary>The stream is over: gives back what nobody will ask for any more.</summary>
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
