namespace CACL.Data.Sampling;

/// <summary>What planning a sample needs to know about a video; small, since a run holds one for each of its videos.</summary>
/// <param name="Id">Row of the catalogue.</param>
/// <param name="Frames">Number of frames that a sequential decode returns.</param>
/// <param name="Width">Displayed width, pixels.</param>
/// <param name="Height">Displayed height, pixels.</param>
public readonly record struct VideoShape(long Id, int Frames, int Width, int Height);
