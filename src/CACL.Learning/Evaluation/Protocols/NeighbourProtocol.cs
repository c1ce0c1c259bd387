using CACL.Data.DataSets;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// The protocol by k nearest neighbours: a pixel takes the class for which the training pixels nearest to it vote. Nothing is trained, so
/// it takes as long as the features of the images.
/// </summary>
public static class NeighbourProtocol
{
    /// <summary>Draws the training pixels that vote.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="train">The training images.</param>
    /// <param name="representation">The backbone, on the context's device.</param>
    /// <param name="options">The protocol's settings.</param>
    /// <param name="half">Whether training features are rounded to half precision, as those are that other protocols keep.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <returns>The scorer, which is the caller's.</returns>
    /// <exception cref="EvaluationException">No training pixel has a label.</exception>
    /// <exception cref="DataSetException">A file cannot be used.</exception>
    public static IPixelScorer Prepare(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, NeighbourOptions options, bool half,
        EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // Every image is seen once: nothing of it is kept but its share of the sample.
        var nothing = new FeatureOptions { Storage = FeatureStorage.Memory, MemoryBytes = 0, Half = half };
        using var features = new FrozenFeatures(data, train.Items, representation, options.ImageSize, nothing, context);
        var sample = PixelSample.Labelled(
            features, image => data.ReadLabels(train.Items[image]), options.TrainingPixels, representation.Channels, context);
        if (sample.Count == 0)
        {
            sample.Dispose();
            throw new EvaluationException($"None of the {train.Items.Count} training images has a label at the centre of a cell of its "
                + "feature map, so no pixel can vote. Use images with more labels.");
        }

        context.Note($"{sample.Count} {(sample.IsWhole ? "pixels, which are all," : "pixels, the same share of each image,")} vote.");
        return new NeighbourScorer(sample, data.Classes.Count, options);
    }
}
