namespace CACL.Data.Sampling;

/// <summary>A rectangle of a displayed (already rotated) frame, in whole pixels.</summary>
/// <param name="X">Left edge, pixels from the left.</param>
/// <param name="Y">Top edge, pixels from the top.</param>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
public readonly record struct CropBox(int X, int Y, int Width, int Height);
