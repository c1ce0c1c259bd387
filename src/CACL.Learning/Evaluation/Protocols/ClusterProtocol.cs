using CACL.Data.DataSets;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Clusters that a protocol found.</summary>
/// <param name="Centres">clusters × C, row-major, for the backbone's features divided by their length.</param>
/// <param name="Count">Number of clusters.</param>
/// <param name="Inertia">Mean squared distance of the sample's pixels to their centres.</param>
public sealed record FoundClusters(float[] Centres, int Count, double Inertia)
{
    /// <summary>Returns what scores pixels by these clusters; the caller's.</summary>
    public IPixelScorer Scorer(Device device) => new ClusterScorer(Centres, Count, device);
}

/// <summary>
/// The protocol by clusters, as unsupervised segmentation is measured (Cho et al., PiCIE, 2021; Hamilton et al., STEGO, 2022): k-means on
/// the training images' features, without any label, and an assignment of clusters to classes that fits the scored images best
/// (<see cref="ClusterAssignment"/>). Features are divided by their length.
/// </summary>
public static class ClusterProtocol
{
    /// <summary>The most clusters there may be.</summary>
    public const int Most = 255;

    // Images of a mini-batch: pixels of one image are alike.
    private const int BatchImages = 16;

    /// <summary>Finds clusters: by k-means on a sample of pixels, then by mini-batch k-means on all of them if they are more.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="train">The training images.</param>
    /// <param name="representation">The backbone, on the context's device.</param>
    /// <param name="options">The protocol's settings.</param>
    /// <param name="features">Where features are kept.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <exception cref="EvaluationException">There are fewer pixels than clusters, or there is no place to keep features.</exception>
    /// <exception cref="DataSetException">A file cannot be used.</exception>
    public static FoundClusters Find(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, ClusterOptions options, FeatureOptions features,
        EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(context);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var count = options.Clusters > 0 ? options.Clusters : data.Classes.Count;
        // Without a second pass, nothing is kept of an image but its share of the sample.
        var kept = options.Passes > 0 ? features : features with { Storage = FeatureStorage.Memory, MemoryBytes = 0 };
        using var store = new FrozenFeatures(data, train.Items, representation, options.ImageSize, kept, context);
        using var sample = PixelSample.Unlabelled(store, options.TrainingPixels, representation.Channels, context);
        if (sample.Count < count)
            throw new EvaluationException(
                $"{sample.Count} training pixels do not form {count} clusters. Use more or larger images.");
        using var clusters = KMeans.Fit(sample.Rows, count, options.Starts, options.Iterations, context);
        if (!sample.IsWhole) Refine(clusters, store, options.Passes, context);
        var centres = new float[clusters.Centres.numel()];
        HostCopy.Read(clusters.Centres, centres, "centres");
        context.Note(FormattableString.Invariant(
            $"{count} clusters of {sample.Count} pixels; mean squared distance to the centre {clusters.Inertia:0.0000}."));
        return new FoundClusters(centres, count, clusters.Inertia);
    }

    private static void Refine(Clusters clusters, FrozenFeatures store, int passes, EvaluationContext context)
    {
        var plan = new EpochSampler(context.Seed, store.Count, BatchImages, flipProbability: 0);
        var done = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var batch in plan.Epoch(pass))
            {
                context.Cancel.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var rows = cat([.. batch.Select(image => PixelSample.Normalised(store.Read(image, mirrored: false).Rows))]);
                KMeans.Absorb(clusters, rows);
                context.Progress(new EvaluationProgress("clustering all pixels", ++done, (long)passes * plan.StepsPerEpoch));
            }
        }
    }
}
