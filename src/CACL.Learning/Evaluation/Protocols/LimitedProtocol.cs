using CACL.Data.DataSets;
using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// The limited-sample protocol (METHOD.md §8): backbone and classifier are trained end to end on a few labelled images, with batch
/// normalisation in training mode. All crops of a batch have the same size. Memory grows with the batch size times the square of the crop
/// size.
/// </summary>
public static class LimitedProtocol
{
    /// <summary>Trains a backbone in place, and a classifier on it.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="train">The training images.</param>
    /// <param name="representation">The backbone, trainable, on the context's device; trained when the method returns.</param>
    /// <param name="options">The protocol's settings.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <exception cref="EvaluationException">The network diverged.</exception>
    /// <exception cref="DataSetException">A file cannot be used.</exception>
    public static TrainedClassifier Train(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, LimitedOptions options, EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        using var scope = NewDisposeScope();
        using var classifier = new LinearClassifier(data.Classes.Count, representation.Channels, context.Seed, context.Device);
        classifier.Weight.requires_grad_(true);
        classifier.Bias.requires_grad_(true);
        using var training = new LimitedTraining(data, train.Items, representation, classifier, options, context);
        var batch = Math.Min(options.BatchSize, train.Items.Count);
        var plan = new EpochSampler(context.Seed, train.Items.Count, batch, 0);
        var loss = double.NaN;
        for (var epoch = 0; epoch < options.Epochs; epoch++) loss = training.Epoch(plan, epoch);
        var (weight, bias) = (new float[classifier.Weight.numel()], new float[classifier.Bias.numel()]);
        HostCopy.Read(classifier.Weight, weight, "classifier.weight");
        HostCopy.Read(classifier.Bias, bias, "classifier.bias");
        return new TrainedClassifier(weight, bias, loss);
    }
}
