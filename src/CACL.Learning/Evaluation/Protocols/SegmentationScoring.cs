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
    /// <param name="seen">Called with each image's index; returns what receives that image, its labels and its prediction, or null. Null:
    /// nobody looks.</param>
    /// <param name="images">Receives the counts of each image; null: only their sum is kept.</param>
    public static ConfusionMatrix Run(
        ISegmentationDataSet data, EvaluationSplit test, SegmentationPredictor predictor, EvaluationContext context,
        Func<int, Action<RgbImage, LabelMap, LabelMap>?>? seen = null, ImageCounts? images = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentNullException.ThrowIfNull(context);
        var confusion = new ConfusionMatrix(data.Classes.Count);
        for (var i = 0; i < test.Items.Count; i++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (image, labels) = data.ReadPair(test.Items[i]);
            var prediction = predictor.PredictTensor(image);
            var counts = confusion.Add(prediction, tensor(labels.Classes, [labels.Height, labels.Width], uint8).to(context.Device));
            images?.Add(counts);
            seen?.Invoke(i)?.Invoke(image, labels, new LabelMap(labels.Width, labels.Height, prediction.cpu().data<byte>().ToArray()));
            context.Progress(new EvaluationProgress("testing", i + 1, test.Items.Count));
        }

        return confusion;
    }
}
