namespace CACL.Node.Explain;

/// <summary>Both whole frames of a sample, each squeezed into a square.</summary>
/// <param name="Width">Displayed width of the video, pixels.</param>
/// <param name="Height">Displayed height of the video, pixels.</param>
/// <param name="Side">Side of the square, pixels.</param>
/// <param name="First">Frame n: side·side·3 bytes, rows of R, G, B.</param>
/// <param name="Second">Frame n + stride, like <paramref name="First"/>.</param>
internal sealed record WholeFrames(int Width, int Height, int Side, byte[] First, byte[] Second);
