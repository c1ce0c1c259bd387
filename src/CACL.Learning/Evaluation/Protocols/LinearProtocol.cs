using CACL.Data.DataSets;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>A classifier that a protocol trained.</summary>
/// <param name="Weight">classes × C, row-major, for the backbone's raw features.</param>
/// <param name="Bias">One for each class.</param>
/// <param name="FinalLoss">Mean loss of the last epoch, nats per pixel.</param>
public sealed record TrainedClassifier(float[] Weight, float[] Bias, double FinalLoss)
{
    /// <summary>
    /// Whether its final loss is at least ln(classes), the loss of a classifier that gives every class the same probability: it did not
    /// learn, and its scores say little about the features.
    /// </summary>
    public bool KnowsNothing => FinalLoss >= Math.Log(Bias.Length);
}

/// <summary>
/// The linear protocol (METHOD.md §8): a 1×1 convolution on the frozen backbone's features is trained by SGD on the mean cross-entropy over
/// the counted pixels of a batch. Images of any sizes form a batch: each adds its own gradient, so nothing is padded.
/// </summary>
public static class LinearProtocol
{
    /// <summary>Trains a classifier.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="train">The training images.</param>
    /// <param name="representation">The backbone, on the context's device.</param>
    /// <param name="options">The protocol's settings.</param>
    /// <param name="features">Where features are kept.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <exception cref="EvaluationException">The classifier diverged, or there is no place to keep features.</exception>
    /// <exception cref="DataSetException">A file cannot be used.</exception>
    public static TrainedClassifier Train(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, LinearOptions options, FeatureOptions features,
        EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        using var training = new FrozenTraining(data, train, representation, options, features, context);
        return training.Train(options, context);
    }
}
