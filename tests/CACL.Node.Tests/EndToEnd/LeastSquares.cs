namespace CACL.Node.Tests.EndToEnd;

/// <summary>A straight line through measurements, by least squares.</summary>
/// <param name="Slope">Its slope.</param>
/// <param name="HalfWidth">Half the width of the slope's 95 % confidence interval.</param>
internal readonly record struct LeastSquares(double Slope, double HalfWidth)
{
    // Measurements that follow each other closely are alike: means of blocks are what can be taken for independent.
    private const int Blocks = 20;
    private const double StudentOf18 = 2.101;

    /// <summary>The lower end of the slope's confidence interval.</summary>
    public double Least => Slope - HalfWidth;

    /// <summary>The upper end of the slope's confidence interval.</summary>
    public double Most => Slope + HalfWidth;

    /// <summary>Fits the line to the means of twenty blocks of the measurements, which must be in order.</summary>
    public static LeastSquares Of(IReadOnlyList<(double X, double Y)> measured)
    {
        Assert.True(measured.Count >= 2 * Blocks, $"{measured.Count} measurements are too few for {Blocks} blocks.");
        var points = Enumerable.Range(0, Blocks)
            .Select(b => (From: b * measured.Count / Blocks, To: (b + 1) * measured.Count / Blocks))
            .Select(range => measured.Take(range.From..range.To))
            .Select(block => (X: block.Average(m => m.X), Y: block.Average(m => m.Y)))
            .ToList();
        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        var spread = points.Sum(p => (p.X - x) * (p.X - x));
        var slope = points.Sum(p => (p.X - x) * (p.Y - y)) / spread;
        var left = points.Sum(p => Math.Pow(p.Y - y - (slope * (p.X - x)), 2));
        return new LeastSquares(slope, StudentOf18 * Math.Sqrt(left / (Blocks - 2) / spread));
    }
}
