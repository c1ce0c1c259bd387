using static TorchSharp.torch;

namespace CACL.Learning.Evaluation;

/// <summary>Scores of a segmentation (METHOD.md §8). A class that does not count is NaN and is not part of the means.</summary>
/// <param name="Iou">TP/(TP+FP+FN) of each class; NaN for a class that occurs neither in labels nor in predictions.</param>
/// <param name="MeanIou">mIoU: mean over the classes that occur in labels or predictions.</param>
/// <param name="MeanAccuracy">mAcc: mean recall over the classes that occur in labels.</param>
/// <param name="Accuracy">aAcc: share of labelled pixels whose prediction is right.</param>
public sealed record SegmentationScores(double[] Iou, double MeanIou, double MeanAccuracy, double Accuracy)
{
    /// <summary>Returns the scores of counts of pixels.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <param name="counts">classes × classes, row-major, labels in rows and predictions in columns.</param>
    public static SegmentationScores Of(int classes, ReadOnlySpan<long> counts)
    {
        var iou = new double[classes];
        var recall = new double[classes];
        long right = 0, all = 0;
        for (var c = 0; c < classes; c++)
        {
            long labelled = 0, predicted = 0;
            for (var other = 0; other < classes; other++)
            {
                labelled += counts[(c * classes) + other];
                predicted += counts[(other * classes) + c];
            }

            var hit = counts[(c * classes) + c];
            // 0/0 is NaN: the class does not occur.
            iou[c] = (double)hit / (labelled + predicted - hit);
            recall[c] = (double)hit / labelled;
            right += hit;
            all += labelled;
        }

        return new SegmentationScores(iou, MeanOfNumbers(iou), MeanOfNumbers(recall), (double)right / all);
    }

    private static double MeanOfNumbers(double[] values)
    {
        var numbers = values.Where(v => !double.IsNaN(v)).ToArray();
        return numbers.Length == 0 ? double.NaN : numbers.Average();
    }
}

/// <summary>
/// A confusion matrix: counts of pixels, labels in rows and predictions in columns, summed over a whole split (METHOD.md §8).
/// </summary>
public sealed class ConfusionMatrix
{
    /// <summary>The label of ignored pixels, unless a data set says otherwise.</summary>
    public const int DefaultIgnore = 255;

    private readonly int _classes;
    private readonly int _ignore;
    private readonly long[] _counts;

    /// <summary>Creates an empty matrix; pixels labelled <paramref name="ignore"/> are ignored.</summary>
    public ConfusionMatrix(int classes, int ignore = DefaultIgnore)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        _classes = classes;
        _ignore = ignore;
        _counts = new long[(long)classes * classes];
    }

    /// <summary>Creates a matrix from counts made elsewhere: classes × classes, row-major.</summary>
    public ConfusionMatrix(int classes, IReadOnlyList<long> counts)
        : this(classes)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count != _counts.Length)
            throw new ArgumentException($"{counts.Count} counts are not {classes}×{classes}.", nameof(counts));
        for (var i = 0; i < _counts.Length; i++) _counts[i] = counts[i];
    }

    /// <summary>The counts, row-major: label × classes + prediction.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Returns the number of pixels of a label that have a prediction.</summary>
    public long Count(int label, int prediction) => _counts[(label * _classes) + prediction];

    /// <summary>Adds pixels, and returns the counts of these alone: classes × classes, row-major.</summary>
    /// <param name="prediction">Class of each pixel, any shape, whole numbers.</param>
    /// <param name="label">Label of each pixel; as many as predictions.</param>
    /// <exception cref="ArgumentException">A label or prediction is neither a class nor the ignored one, or there are not as many labels as
    /// predictions.</exception>
    public IReadOnlyList<long> Add(Tensor prediction, Tensor label)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(label);
        if (prediction.numel() != label.numel())
            throw new ArgumentException($"{prediction.numel()} predictions do not belong to {label.numel()} labels.", nameof(prediction));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var labels = label.flatten().to(int64);
        var keep = labels.ne(_ignore);
        labels = labels.masked_select(keep);
        var predictions = prediction.flatten().to(int64).masked_select(keep);
        if (labels.numel() == 0) return new long[_counts.Length];
        Check(labels, "label");
        Check(predictions, "prediction");
        var counts = bincount(labels.mul(_classes).add_(predictions), minlength: _counts.Length).cpu().data<long>().ToArray();
        for (var i = 0; i < _counts.Length; i++) _counts[i] += counts[i];
        return counts;
    }

    /// <summary>Returns the scores of all pixels added so far.</summary>
    public SegmentationScores Scores() => SegmentationScores.Of(_classes, _counts);

    private void Check(Tensor values, string what)
    {
        var (least, most) = (values.min().item<long>(), values.max().item<long>());
        if (least >= 0 && most < _classes) return;
        throw new ArgumentException($"A {what} is {(least < 0 ? least : most)}; there are {_classes} classes, 0 to {_classes - 1}, and "
            + $"{_ignore} for pixels left out.");
    }
}
