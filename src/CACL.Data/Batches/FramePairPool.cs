using System.Collections.Concurrent;

namespace CACL.Data.Batches;

/// <summary>Keeps the native memory of frame pairs for reuse. Thread-safe. What bounds it is who rents: the stream's demand.</summary>
public sealed class FramePairPool : IDisposable
{
    private readonly ConcurrentBag<FramePair> _free = [];
    private readonly int _bytesPerFrame;
    private int _rented;
    private volatile bool _disposed;

    /// <summary>A pool of pairs of crops of side <paramref name="cropSize"/>.</summary>
    public FramePairPool(int cropSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cropSize);
        _bytesPerFrame = checked(cropSize * cropSize * 3);
    }

    /// <summary>Pairs that somebody owns at present.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>Bytes of one pair.</summary>
    public long BytesPerPair => 2L * _bytesPerFrame;

    /// <summary>A pair with undefined content, owned by the caller.</summary>
    public FramePair Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Increment(ref _rented);
        return _free.TryTake(out var pair) ? pair : new FramePair(this, _bytesPerFrame);
    }

    /// <summary>Frees what is not rented; what is rented is freed when it comes back.</summary>
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
