namespace CACL.Learning.Evaluation.Similarity;

/// <summary>How far apart a picture's positions are under a head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Spread">1 − the mean cosine of two positions.</param>
public readonly record struct HeadSpread(string Head, double Spread);
