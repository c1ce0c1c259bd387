using CACL.Learning.Evaluation;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Scores_are_those_of_the_definitions_counted_by_hand()
    {
        // Of label 0, two are right and one is predicted as 1; of label 1, one is right. Class 2 is only predicted, class 3 never occurs.
        using var scope = NewDisposeScope();
        var matrix = new ConfusionMatrix(4);
        matrix.Add(tensor(new long[] { 0, 0, 1, 1, 2, 3 }), tensor(new long[] { 0, 0, 0, 1, 1, 255 }));
        var scores = matrix.Scores();
        Assert.Equal([2.0 / 3, 1.0 / 3, 0, double.NaN], scores.Iou);
        Assert.Equal((2.0 / 3 + 1.0 / 3 + 0) / 3, scores.MeanIou, 12);
        Assert.Equal((2.0 / 3 + 1.0 / 2) / 2, scores.MeanAccuracy, 12);
        Assert.Equal(3.0 / 5, scores.Accuracy, 12);
    }

    [Fact]
    public void Adding_a_split_in_parts_is_adding_it_at_once()
    {
        Gen.Select(Gen.Long[0, 4], Gen.OneOf(Gen.Long[0, 4], Gen.Const(255L))).Array[2, 60].Select(Gen.Int[0, 60]).Sample((pixels, cut) =>
        {
            using var scope = NewDisposeScope();
            cut = Math.Min(cut, pixels.Length);
            var (whole, parts) = (new ConfusionMatrix(5), new ConfusionMatrix(5));
            Add(whole, pixels);
            Add(parts, pixels[..cut]);
            Add(parts, pixels[cut..]);
            Assert.Equal(whole.Counts, parts.Counts);
            Assert.Equal(pixels.Count(p => p.Item2 != 255), whole.Counts.Sum());
        });
    }

    [Fact]
    public void A_label_that_is_no_class_is_refused_by_its_value()
    {
        using var scope = NewDisposeScope();
        var matrix = new ConfusionMatrix(4);
        var fault = Assert.Throws<ArgumentException>(() => matrix.Add(tensor(new long[] { 0 }), tensor(new long[] { 7 })));
        Assert.Contains("7", fault.Message, StringComparison.Ordinal);
    }

    private static void Add(ConfusionMatrix matrix, (long Prediction, long Label)[] pixels) =>
        matrix.Add(tensor(pixels.Select(p => p.Prediction).ToArray()), tensor(pixels.Select(p => p.Label).ToArray()));
}
