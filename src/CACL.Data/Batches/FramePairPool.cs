using System.Collections.Concurrent;

namespace CACL.Data.Batches;

/// <summary>
/// Keeps the native memory of frame pairs for reuse. Its size is bounded by those who rent, that is, by the stream's demand. Thread-safe.
/// </summary>
public sealed class FramePairPool : IDisposable
{
    private readonly ConcurrentBag<FramePair> _free = [];
    private readonly int _bytesPerFrame;
    private int _rented;
    private int _mostRented;
    private volatile bool _disposed;

    /// <summary>Creates a pool of pairs whose crops have the side <paramref name="cropSize"/>.</summary>
    public FramePairPool(int cropSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cropSize);
        _bytesPerFrame = checked(cropSize * cropSize * 3);
    }

    /// <summary>Number of pairs that are rented.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>The largest number of pairs that were rented at once.</summary>
    public int MostRented => Volatile.Read(ref _mostRented);

    /// <summary>Bytes of one pair.</summary>
    public long BytesPerPair => 2L * _bytesPerFrame;

    /// <summary>Returns a pair with undefined content, owned by the caller.</summary>
    public FramePair Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var rented = Interlocked.Increment(ref _rented);
        for (var most = MostRented; rented > most; most = MostRented) Interlocked.CompareExchange(ref _mostRented, rented, most);
        return _free.TryTake(out var pair) ? pair : new FramePair(this, _bytesPerFrame);
    }

    /// <summary>Frees the pairs that are not rented; a rented pair is freed when it is returned.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var pair)) pair.Free();
    }

    internal void Return(FramePair pair)
    {
        pair.Plan = null;
        pair.Path = "";
        Interlocked.Decrement(ref _rented);
        _free.Add(pair);
        if (!_disposed) return;
        while (_free.TryTake(out var late)) late.Free();
    }
}
