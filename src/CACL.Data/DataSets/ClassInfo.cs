namespace CACL.Data.DataSets;

/// <summary>A class, and the colour in which the data set draws it.</summary>
/// <param name="Name">The data set's name for it.</param>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public sealed record ClassInfo(string Name, byte Red, byte Green, byte Blue);
