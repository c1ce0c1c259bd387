namespace CACL.Data.DataSets;

/// <summary>A class and the colour the data set draws it in.</summary>
/// <param name="Name">As the data set names it.</param>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public sealed record ClassInfo(string Name, byte Red, byte Green, byte Blue);
