namespace CACL.Learning.Methods;

/// <summary>What each loss counts in the sum that a step lowers (METHOD.md §5). The weight of a head that is off counts nothing.</summary>
/// <param name="Global">Weight of the global loss, equation 3.</param>
/// <param name="Pixel">Weight of the pixel loss, equation 4.</param>
/// <param name="Cycle">Weight of the cycle loss, equation 6 or the soft cycle.</param>
public sealed record LossWeights(double Global, double Pixel, double Cycle);
