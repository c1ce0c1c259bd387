using System.Security.Cryptography;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Node.Explain;

/// <summary>A video that a sample did without, and why.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence.</param>
internal sealed record SkippedVideo(string Path, UnusableReason Reason, string Message);

/// <summary>A sample of a past batch.</summary>
/// <param name="Place">In the batch, counted from 0.</param>
/// <param name="Plan">What was drawn for it.</param>
/// <param name="Path">The video.</param>
/// <param name="Instead">The videos in whose place it came, in their order.</param>
/// <param name="Missing">Why its frames cannot be had any more; null where <paramref name="Pair"/> holds them.</param>
/// <param name="Pair">The crops.</param>
internal sealed record RebuiltSample(
    int Place, SamplePlan Plan, string Path, IReadOnlyList<SkippedVideo> Instead, string? Missing, FramePair? Pair)
{
    /// <summary>The second frame.</summary>
    public int FramePlus => Plan.Frame + Plan.Stride;
}

/// <summary>The batch of a past step. Owns its pairs.</summary>
/// <param name="Step">Counted from 0 over the whole run.</param>
/// <param name="Epoch">The epoch of its first sample, counted from 0.</param>
/// <param name="Samples">In the order in which the step saw them.</param>
/// <param name="Permutation">The key network's place i got sample <c>Permutation[i]</c>.</param>
internal sealed record RebuiltBatch(long Step, int Epoch, IReadOnlyList<RebuiltSample> Samples, int[] Permutation) : IDisposable
{
    /// <summary>Whether every pair is there.</summary>
    public bool IsWhole => Samples.All(s => s.Pair is not null);

    /// <summary>The pairs that are there. Stay this one's.</summary>
    public PairBatch Pairs => new(Step, Epoch, [.. Samples.Select(s => s.Pair).OfType<FramePair>()]);

    /// <summary>SHA-256 of all pairs' bytes, first crop then second, in order; null where one is missing.</summary>
    public string? Sha256
    {
        get
        {
            if (!IsWhole) return null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var sample in Samples)
            {
                hash.AppendData(sample.Pair!.First);
                hash.AppendData(sample.Pair.Second);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The place at which the key network saw a sample.</summary>
    public int KeyPlace(int sample) => Array.IndexOf(Permutation, sample);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sample in Samples) sample.Pair?.Dispose();
    }
}
