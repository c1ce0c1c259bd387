namespace CACL.Learning.Evaluation.Similarity;

/// <summary>The similarity of every position of a feature map to one vector: cosines, in [−1, 1].</summary>
public sealed class SimilarityMap
{
    /// <summary>Creates a map that takes over the given cosines.</summary>
    /// <param name="width">Positions in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="cosines">width·height numbers, row-major.</param>
    public SimilarityMap(int width, int height, float[] cosines)
    {
        ArgumentNullException.ThrowIfNull(cosines);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (cosines.Length != width * height)
            throw new ArgumentException($"{cosines.Length} numbers are not {width}×{height} positions.", nameof(cosines));
        (Width, Height, Cosines) = (width, height, cosines);
        (Lowest, Highest) = (cosines.Min(), cosines.Max());
        var best = Array.IndexOf(cosines, Highest);
        Best = (best % width, best / width);
    }

    /// <summary>Positions in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The cosines, row-major.</summary>
    public float[] Cosines { get; }

    /// <summary>The smallest cosine.</summary>
    public float Lowest { get; }

    /// <summary>The largest cosine.</summary>
    public float Highest { get; }

    /// <summary>Position of the largest cosine; the first on a tie, as in the method's correspondence.</summary>
    public (int X, int Y) Best { get; }

    /// <summary>Returns the position whose part of a picture contains a pixel.</summary>
    /// <param name="pixel">Column (or row) of the pixel.</param>
    /// <param name="pixels">Columns (or rows) of the picture.</param>
    /// <param name="positions">Columns (or rows) of the feature map.</param>
    public static int PositionOf(int pixel, int pixels, int positions) => (int)((long)pixel * positions / pixels);

    /// <summary>
    /// Returns the map in another size, bilinear, corners not aligned: as logits are upsampled to a label's size (METHOD.md §8).
    /// </summary>
    /// <returns>width·height numbers, row-major.</returns>
    public float[] Upsample(int width, int height)
    {
        var columns = Taps(Width, width);
        var rows = Taps(Height, height);
        var values = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = rows[y];
            var upper = Cosines.AsSpan(top * Width, Width);
            var lower = Cosines.AsSpan(bottom * Width, Width);
            for (var x = 0; x < width; x++)
            {
                var (left, right, across) = columns[x];
                var above = upper[left] + ((upper[right] - upper[left]) * across);
                var below = lower[left] + ((lower[right] - lower[left]) * across);
                values[(y * width) + x] = above + ((below - above) * down);
            }
        }

        return values;
    }

    private static (int From, int To, float Share)[] Taps(int coarse, int fine)
    {
        var taps = new (int, int, float)[fine];
        for (var i = 0; i < fine; i++)
        {
            var at = Math.Max(0, ((i + 0.5) * coarse / fine) - 0.5);
            var from = Math.Min((int)at, coarse - 1);
            taps[i] = (from, Math.Min(from + 1, coarse - 1), (float)(at - from));
        }

        return taps;
    }
}
