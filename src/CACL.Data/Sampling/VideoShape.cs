namespace CACL.Data.Sampling;

/// <summary>All that planning a sample needs of a video; small, since a run holds one for each of its videos.</summary>
/// <param name="Id">Row of the catalogue.</param>
/// <param name="Frames">Frames that a sequential decode returns.</param>
/// <param name="Width">Displayed width, pixels.</param>
/// <param name="Height">Displayed height, pixels.</param>
public readonly record struct VideoShape(long Id, int Frames, int Width, int Height);
