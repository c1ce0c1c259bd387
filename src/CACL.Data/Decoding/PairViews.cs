namespace CACL.Data.Decoding;

/// <summary>
/// Where the crops of plans go: those of one plan into two places, those of several into one memory, pair after pair. A crop takes S·S·3
/// bytes, rows of R, G, B.
/// </summary>
internal readonly ref struct PairViews
{
    private readonly Span<byte> _first;
    private readonly Span<byte> _second;
    private readonly int _bytes;

    /// <summary>The places of one plan's crops.</summary>
    public PairViews(Span<byte> first, Span<byte> second)
    {
        _first = first;
        _second = second;
        _bytes = first.Length;
    }

    /// <summary>The memory of several plans' crops of side <paramref name="size"/>.</summary>
    public PairViews(Span<byte> pairs, int size)
    {
        _bytes = size * size * 3;
        _first = pairs;
        _second = pairs[_bytes..];
    }

    /// <summary>The crop of a plan's first frame.</summary>
    public Span<byte> First(int plan) => _first.Slice(2 * plan * _bytes, _bytes);

    /// <summary>The crop of a plan's second frame.</summary>
    public Span<byte> Second(int plan) => _second.Slice(2 * plan * _bytes, _bytes);
}
