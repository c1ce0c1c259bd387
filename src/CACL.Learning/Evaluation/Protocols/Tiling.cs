namespace CACL.Learning.Evaluation.Protocols;

/// <summary>One tile along one axis.</summary>
/// <param name="Start">First pixel that goes through the network: a multiple of 8, so that features lie on the whole image's grid.</param>
/// <param name="Length">Pixels of the tile.</param>
/// <param name="From">First pixel whose class is taken from this tile.</param>
/// <param name="To">The pixel after the last of those.</param>
internal readonly record struct TileSpan(int Start, int Length, int From, int To);

/// <summary>Cuts an axis into tiles of one size that overlap; neighbours meet in the middle of their overlap.</summary>
internal static class Tiling
{
    private const int Grid = 8;

    public static IReadOnlyList<TileSpan> Along(int pixels, TileOptions options)
    {
        if (pixels <= options.Size) return [new TileSpan(0, pixels, 0, pixels)];
        var stride = Math.Max(Grid, (options.Size - options.Overlap) / Grid * Grid);
        var starts = new List<int>();
        for (var start = 0; ; start += stride)
        {
            if (start + options.Size >= pixels)
            {
                // The last tile is moved back to full size rather than truncated.
                starts.Add((pixels - options.Size + Grid - 1) / Grid * Grid);
                break;
            }

            starts.Add(start);
        }

        var spans = new List<TileSpan>();
        for (var i = 0; i < starts.Count; i++)
        {
            var end = Math.Min(pixels, starts[i] + options.Size);
            var from = i == 0 ? 0 : spans[^1].To;
            var to = i == starts.Count - 1 ? pixels : (end + starts[i + 1]) / 2;
            spans.Add(new TileSpan(starts[i], end - starts[i], from, to));
        }

        return spans;
    }
}
