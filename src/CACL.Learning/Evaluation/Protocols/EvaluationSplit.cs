using System.Security.Cryptography;
using System.Text;
using CACL.Data.DataSets;
using CACL.Data.Sampling;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>The images of a split that a protocol uses.</summary>
/// <param name="Name">The split.</param>
/// <param name="Items">The images, in the order of their names.</param>
public sealed record EvaluationSplit(string Name, IReadOnlyList<SegmentationItem> Items)
{
    /// <summary>
    /// Selects images of a split: the first ones of a permutation that the seed decides, so that a smaller selection is part of a larger
    /// one. They keep the order of their names.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="split">The split.</param>
    /// <param name="most">At most this many; 0: all.</param>
    /// <param name="fraction">Share of the split, above 0, at most 1; rounded, at least one image.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="DataSetException">The split is empty or a pair is missing.</exception>
    public static EvaluationSplit Of(ISegmentationDataSet data, string split, int most, double fraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        var items = data.Items(split);
        var count = Math.Max(1, (int)Math.Round(fraction * items.Count, MidpointRounding.AwayFromZero));
        if (most > 0) count = Math.Min(count, most);
        if (count >= items.Count) return new EvaluationSplit(split, items);
        // Each split has a stream of its own: train and test images with the same names would otherwise be drawn alike.
        var stream = BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(split)));
        var places = new CounterRandom(seed, 0, stream, 0, DrawPurpose.EvaluationSubset).Distinct(count, items.Count);
        Array.Sort(places);
        return new EvaluationSplit(split, [.. places.Select(place => items[place])]);
    }
}
