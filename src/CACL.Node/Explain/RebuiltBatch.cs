using System.Security.Cryptography;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Node.Explain;

/// <summary>A video that a sample skipped, and why.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Kind of fault.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record SkippedVideo(string Path, UnusableReason Reason, string Message);

/// <summary>A sample of a past batch.</summary>
/// <param name="Place">Place in the batch, counted from 0.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Path">The video.</param>
/// <param name="Instead">The videos that it replaced, in their order.</param>
/// <param name="Missing">Why its frames are no longer available; null if <paramref name="Pair"/> contains them.</param>
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
/// <param name="Samples">The samples, in the order in which the step saw them.</param>
/// <param name="Permutation">The key network's place i got sample <c>Permutation[i]</c>.</param>
internal sealed record RebuiltBatch(long Step, int Epoch, IReadOnlyList<RebuiltSample> Samples, int[] Permutation) : IDisposable
{
    /// <summary>Whether every pair is available.</summary>
    public bool IsWhole => Samples.All(s => s.Pair is not null);

    /// <summary>The available pairs, which this batch owns.</summary>
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

    /// <summary>Returns the place at which the key network saw a sample.</summary>
    public int KeyPlace(int sample) => Array.IndexOf(Permutation, sample);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sample in Samples) sample.Pair?.Dispose();
    }
}
