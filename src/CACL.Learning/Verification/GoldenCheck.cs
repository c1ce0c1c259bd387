using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>Compares recomputed quantities with those of a golden file, and keeps a result for each.</summary>
internal sealed class GoldenCheck(GoldenFile golden, string file, string name)
{
    private readonly List<GoldenResult> _lines = [];

    public IReadOnlyList<GoldenResult> Lines => _lines;

    /// <summary>Requires every number to be the same.</summary>
    public void Exact(string quantity, double[] expected, double[] actual) =>
        Add($"{quantity} (numbers that differ)", Pairs(expected, actual)?.Count(p => !Same(p.E, p.A)) ?? double.NaN, 0);

    /// <summary>Requires every number to be the same, for a tensor of the file and one that was computed.</summary>
    public void Exact(string tensor, Tensor actual)
    {
        if (Comparable(tensor, actual) is { } values) Exact(tensor, golden.Doubles(tensor), values);
    }

    /// <summary>Measures the largest difference relative to the largest expected value.</summary>
    public void Relative(string quantity, double[] expected, double[] actual, double tolerance)
    {
        var largest = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        Add($"{quantity} (relative)", Worst(expected, actual) / (largest > 0 ? largest : 1), tolerance);
    }

    /// <summary>Does the same for a tensor of the file and one that was computed.</summary>
    public void Relative(string tensor, Tensor actual, double tolerance)
    {
        if (Comparable(tensor, actual) is { } values) Relative(tensor, golden.Doubles(tensor), values, tolerance);
    }

    /// <summary>Measures the norm of the difference relative to the norm of what is expected.</summary>
    public void RelativeNorm(string tensor, Tensor actual, double tolerance)
    {
        if (Comparable(tensor, actual) is not { } values) return;
        var expected = golden.Doubles(tensor);
        var (difference, whole) = (expected.Zip(values, (e, a) => (e - a) * (e - a)).Sum(), expected.Sum(e => e * e));
        Add($"{tensor} (norm)", Math.Sqrt(difference / whole), tolerance);
    }

    /// <summary>Measures the largest difference and the mean difference.</summary>
    public void AbsoluteAndMean(string tensor, Tensor actual, double tolerance, double meanTolerance)
    {
        if (Comparable(tensor, actual) is not { } values) return;
        var expected = golden.Doubles(tensor);
        Add($"{tensor} (absolute)", Worst(expected, values), tolerance);
        Add($"{tensor} (mean)", expected.Zip(values, (e, a) => Difference(e, a)).DefaultIfEmpty(0).Average(), meanTolerance);
    }

    /// <summary>Adds a result with an error of the caller's own measure.</summary>
    public void Add(string quantity, double worst, double tolerance) =>
        _lines.Add(new GoldenResult(file, name, quantity, double.IsNaN(worst) ? double.PositiveInfinity : worst, tolerance));

    /// <summary>Adds a result that fails.</summary>
    public void Fail(string quantity, string why) => _lines.Add(new GoldenResult(file, name, quantity, double.PositiveInfinity, 0, why));

    /// <summary>Returns the row-major values of a tensor on any device.</summary>
    public static double[] Values(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.detach().to(float64).cpu().contiguous().data<double>().ToArray();
    }

    private double[]? Comparable(string tensor, Tensor actual)
    {
        var shape = golden.Shape(tensor);
        if (shape.SequenceEqual(actual.shape)) return Values(actual);
        Fail(tensor, $"the file has [{string.Join(",", shape)}], computed was [{string.Join(",", actual.shape)}]");
        return null;
    }

    private static double Worst(double[] expected, double[] actual) =>
        Pairs(expected, actual)?.Select(p => Difference(p.E, p.A)).DefaultIfEmpty(0).Max() ?? double.PositiveInfinity;

    private static double Difference(double expected, double actual)
    {
        if (Same(expected, actual)) return 0;
        var difference = Math.Abs(expected - actual);
        // There may be a NaN or an infinity on one side alone, and Max would ignore a NaN.
        return double.IsFinite(difference) ? difference : double.PositiveInfinity;
    }

    private static bool Same(double expected, double actual) => expected == actual || (double.IsNaN(expected) && double.IsNaN(actual));

    private static IEnumerable<(double E, double A)>? Pairs(double[] expected, double[] actual) =>
        expected.Length == actual.Length ? expected.Zip(actual) : null;
}
