using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Confidence;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// A frozen backbone's features of the training images, on which any number of linear classifiers is trained and tested. Owns them; used by
/// one thread.
/// </summary>
internal sealed class FrozenTraining : IDisposable
{
    private readonly ISegmentationDataSet _data;
    private readonly EvaluationSplit _train;
    private readonly int _channels;
    private readonly FrozenFeatures _store;
    private readonly ChannelStatistics? _statistics;

    /// <summary>Computes the features of every image and mirror image that training sees.</summary>
    public FrozenTraining(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, LinearOptions options, FeatureOptions features,
        EvaluationContext context)
    {
        (_data, _train, _channels) = (data, train, representation.Channels);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _store = new FrozenFeatures(data, train.Items, representation, options.ImageSize, features, context);
        try
        {
            _store.Fill(Plan(options, context, null).Seen(options.Epochs));
            _statistics = options.Standardise ? ChannelStatistics.Of(_store, context) : null;
        }
        catch
        {
            _store.Dispose();
            throw;
        }
    }

    /// <summary>Trains a classifier.</summary>
    /// <param name="options">The protocol's settings; all but the learning rate are those of the constructor.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <param name="among">The numbers of the images on which it is trained; null: all.</param>
    /// <exception cref="ClassifierDivergedException">It diverged.</exception>
    public TrainedClassifier Train(LinearOptions options, EvaluationContext context, IReadOnlyList<int>? among = null)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var plan = Plan(options, context, among);
        using var classifier = new LinearClassifier(_data.Classes.Count, _channels, context.Seed, context.Device);
        using var training = new LinearTraining(classifier, _statistics, _store, options, context);
        var loss = double.NaN;
        for (var epoch = 0; epoch < options.Epochs; epoch++) loss = training.Epoch(plan, epoch);
        return training.Result(loss);
    }

    /// <summary>Tests a classifier on some of the training images by their features, which need no further pass of the backbone.</summary>
    /// <param name="trained">The classifier.</param>
    /// <param name="images">The numbers of the images.</param>
    /// <param name="context">Device and cancellation.</param>
    /// <returns>The counts of each of these images, scored in its own size.</returns>
    public ImageCounts Score(TrainedClassifier trained, IReadOnlyList<int> images, EvaluationContext context)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var classes = _data.Classes.Count;
        var (weight, bias) = (
            tensor(trained.Weight, [classes, _channels], float32, context.Device),
            tensor(trained.Bias, [classes, 1], float32, context.Device));
        var (confusion, counts) = (new ConfusionMatrix(classes), new ImageCounts(classes));
        foreach (var image in images)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var (features, labels) = (_store.Read(image, mirrored: false), _data.ReadLabels(_train.Items[image]));
            var logits = weight.mm(features.Rows.t()).add_(bias).view(1, classes, features.Height, features.Width).contiguous();
            var prediction = Segmentation.Upsample(logits, labels.Height, labels.Width).argmax(1);
            counts.Add(confusion.Add(
                prediction, tensor(labels.Classes, [labels.Height, labels.Width], uint8).to(context.Device)));
        }

        return counts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _statistics?.Dispose();
        _store.Dispose();
    }

    private EpochSampler Plan(LinearOptions options, EvaluationContext context, IReadOnlyList<int>? among) =>
        new(context.Seed, _train.Items.Count, options.BatchSize, options.FlipProbability, among);
}
