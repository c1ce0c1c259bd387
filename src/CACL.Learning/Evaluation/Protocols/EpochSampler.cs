using CACL.Data.Sampling;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Decides which images each step of an evaluation's training sees, and which of them are mirrored, by (seed, epoch) alone.
/// </summary>
internal sealed class EpochSampler(ulong seed, int images, int batch, double flipProbability, IReadOnlyList<int>? among = null)
{
    /// <summary>Steps per epoch; the last step may have fewer images.</summary>
    public int StepsPerEpoch => ((among?.Count ?? images) + batch - 1) / batch;

    /// <summary>Returns the images of an epoch in its order, batch after batch.</summary>
    public int[][] Epoch(int epoch)
    {
        var order = among?.ToArray() ?? Enumerable.Range(0, images).ToArray();
        new CounterRandom(seed, epoch, 0, 0, DrawPurpose.EvaluationOrder).Shuffle(order.AsSpan());
        return [.. order.Chunk(batch)];
    }

    /// <summary>Returns whether an image is mirrored in an epoch.</summary>
    public bool IsMirrored(int epoch, int image) =>
        new CounterRandom(seed, epoch, image, 0, DrawPurpose.EvaluationFlip).Chance(flipProbability);

    /// <summary>Returns every image and mirror image that any epoch sees, each once, image by image.</summary>
    public IReadOnlyList<(int Image, bool Mirrored)> Seen(int epochs)
    {
        var seen = new List<(int, bool)>();
        for (var image = 0; image < images; image++)
        {
            var (plain, mirrored) = (false, false);
            for (var epoch = 0; epoch < epochs && !(plain && mirrored); epoch++)
            {
                if (IsMirrored(epoch, image)) mirrored = true;
                else plain = true;
            }

            if (plain) seen.Add((image, false));
            if (mirrored) seen.Add((image, true));
        }

        return seen;
    }
}
