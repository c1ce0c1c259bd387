namespace CACL.Data.Sampling;

/// <summary>
/// The order in which an epoch visits the usable videos: a permutation of [0, count) that depends on (seed, epoch) alone, METHOD.md §1.
/// Takes four bytes per video; a quarter of a million videos take a few milliseconds.
/// </summary>
public sealed class EpochOrder
{
    private readonly int[] _order;
    private volatile int[]? _positions;

    /// <summary>Creates the order of one epoch over <paramref name="count"/> videos.</summary>
    public EpochOrder(ulong seed, int epoch, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Epoch = epoch;
        _order = new int[count];
        for (var place = 0; place < count; place++) _order[place] = place;
        new CounterRandom(seed, epoch, position: 0, attempt: 0, DrawPurpose.EpochOrder).Shuffle(_order.AsSpan());
    }

    /// <summary>The epoch, counted from 0.</summary>
    public int Epoch { get; }

    /// <summary>Number of videos in an epoch.</summary>
    public int Count => _order.Length;

    /// <summary>The usable video that is visited at <paramref name="position"/>.</summary>
    public int this[int position] => _order[position];

    /// <summary>Returns the position at which a usable video is visited. The first call takes another four bytes per video.</summary>
    public int PositionOf(int video)
    {
        if (_positions is { } known) return known[video];
        var positions = new int[_order.Length];
        for (var position = 0; position < _order.Length; position++) positions[_order[position]] = position;
        _positions = positions;
        return positions[video];
    }
}
