namespace CACL.Learning.Augmentation;

/// <summary>What the augmentation's script is told about a batch.</summary>
/// <param name="Counts">How many samples each of its 20 operations applies to; stays on the host.</param>
/// <param name="Samples">Their indices, operation by operation.</param>
/// <param name="Values">A factor and its rest for each sample of the first sixteen operations, then the blur's taps sample by
/// sample.</param>
/// <param name="Blurred">Number of samples that are blurred.</param>
/// <param name="Taps">Number of the blur's taps.</param>
internal sealed record AugmentationNumbers(long[] Counts, long[] Samples, float[] Values, int Blurred, int Taps);
