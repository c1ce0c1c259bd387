using CACL.Data.DataSets;
using CACL.Learning.Evaluation.Confidence;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>Tests a predictor on a split: every image whole in its own size, all in one confusion matrix (METHOD.md §8).</summary>
public static class SegmentationScoring
{
    /// <summary>Predicts every image and returns the confusion matrix.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="test">The images.</param>
    /// <param name="predictor">The predictor.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="predictions">What the predictor distinguishes, if that is more than the classes: clusters.</param>
    public static ConfusionMatrix Run(
        ISegmentationDataSet data, EvaluationSplit test, SegmentationPredictor predictor, EvaluationContext context, int predictions = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        var images = new ImageCounts(Math.Max(data.Classes.Count, predictions));
        RunAll(data, test, predictor, context, [images], shown: 0);
        return images.Sum();
    }

    /// <summary>Predicts every image with each of a predictor's scorers.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="test">The images.</param>
    /// <param name="predictor">The predictor.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="images">Receive the counts of each image, one for each scorer; of as many classes as its predictions need.</param>
    /// <param name="shown">The scorer whose predictions are looked at.</param>
    /// <param name="seen">Called with each image's index; returns what receives that image, its labels and its prediction, or null. Null:
    /// nobody looks.</param>
    public static void RunAll(
        ISegmentationDataSet data, EvaluationSplit test, SegmentationPredictor predictor, EvaluationContext context,
        IReadOnlyList<ImageCounts> images, int shown, Func<int, Action<RgbImage, LabelMap, LabelMap>?>? seen = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(images);
        var confusions = images.Select(i => new ConfusionMatrix(i.Classes)).ToArray();
        for (var i = 0; i < test.Items.Count; i++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (image, labels) = data.ReadPair(test.Items[i]);
            var predictions = predictor.PredictTensors(image);
            var label = tensor(labels.Classes, [labels.Height, labels.Width], uint8).to(context.Device);
            for (var k = 0; k < confusions.Length; k++) images[k].Add(confusions[k].Add(predictions[k], label));
            seen?.Invoke(i)?.Invoke(
                image, labels, new LabelMap(labels.Width, labels.Height, predictions[shown].cpu().data<byte>().ToArray()));
            context.Progress(new EvaluationProgress("testing", i + 1, test.Items.Count));
        }
    }
}
