namespace CACL.Data.DataSets.Png;

/// <summary>
/// A pass of an interlaced PNG: every <see cref="StepX"/>th pixel of every <see cref="StepY"/>th row, starting at a first one.
/// </summary>
internal readonly record struct PngPass(int FirstX, int FirstY, int StepX, int StepY)
{
    /// <summary>The only pass of a picture that is not interlaced.</summary>
    public static IReadOnlyList<PngPass> Whole { get; } = [new(0, 0, 1, 1)];

    /// <summary>The seven passes of an interlaced picture (PNG specification, §8.2), in the order of the file.</summary>
    public static IReadOnlyList<PngPass> Adam7 { get; } =
        [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    /// <summary>Returns the pixels in its rows, for a picture of that width; 0 where the pass is empty.</summary>
    public int Width(int whole) => (whole - FirstX + StepX - 1) / StepX;

    /// <summary>Returns the number of its rows, for a picture of that height; 0 where the pass is empty.</summary>
    public int Height(int whole) => (whole - FirstY + StepY - 1) / StepY;
}
