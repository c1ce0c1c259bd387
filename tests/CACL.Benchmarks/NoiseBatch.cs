using CACL.Data.Batches;
using CACL.Data.Sampling;

namespace CACL.Benchmarks;

/// <summary>A batch of pairs of noise with plans as a training draws them, in memory of its own.</summary>
internal sealed class NoiseBatch : IDisposable
{
    private readonly FramePairPool _pool;

    /// <summary>Creates a batch of B pairs of S×S pixels.</summary>
    public NoiseBatch(int batch, int size)
    {
        _pool = new FramePairPool(size);
        var random = new Random(1);
        var videos = Enumerable.Range(0, batch).Select(row => new VideoShape(row + 1, 300, 340, 256)).ToArray();
        var planner = new SamplePlanner(new SamplingOptions { Seed = 1, CropSize = size }, videos);
        Pairs = new PairBatch(0, 0, [.. Enumerable.Range(0, batch).Select(position =>
        {
            var pair = _pool.Rent();
            pair.Plan = planner.Plan(0, position, 0);
            random.NextBytes(pair.First);
            random.NextBytes(pair.Second);
            return pair;
        })]);
        Permutation = [.. Enumerable.Range(0, batch).OrderBy(_ => random.Next())];
    }

    /// <summary>The pairs.</summary>
    public PairBatch Pairs { get; }

    /// <summary>The order in which the key network sees them.</summary>
    public int[] Permutation { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pairs.Dispose();
        _pool.Dispose();
    }
}
