namespace CACL.Actors.Links;

/// <summary>What went over a link so far. Thread-safe.</summary>
internal sealed class LinkFigures(LinkStream stream)
{
    private long _pairs;
    private long _handedBack;

    /// <summary>Pairs that came.</summary>
    public long Pairs => Volatile.Read(ref _pairs);

    /// <summary>Plans that were handed back.</summary>
    public long HandedBack => Volatile.Read(ref _handedBack);

    /// <summary>Bytes that came.</summary>
    public long Bytes => stream.BytesRead;

    /// <summary>Counts a pair.</summary>
    public void Pair() => Interlocked.Increment(ref _pairs);

    /// <summary>Counts a plan that was handed back, and returns how many there were.</summary>
    public long GaveBack() => Interlocked.Increment(ref _handedBack);
}
