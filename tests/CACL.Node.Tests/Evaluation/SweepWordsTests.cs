using CACL.Learning.Evaluation.Confidence;
using CACL.Node.Evaluation;

namespace CACL.Node.Tests.Evaluation;

public sealed class SweepWordsTests
{
    private static readonly SweepWords Words = new("train", "val", 0.6);

    [Fact]
    public void The_chosen_rate_its_rivals_and_the_protocols_own_are_told()
    {
        Assert.Equal(
            "* Learning rate 0.06 is best on 20 images of train that were held out to choose it. The result is that of its classifier, which "
                + "learnt from all of train. There, 0.018, 0.18 and 6 cannot be told from it. On val, its mIoU is 2.3 points above that of "
                + "the protocol's own, 0.6 (+1.1 to +3.6).",
            Words.Of(0.06, 20, [0.006, 0.018, 0.06, 0.18, 6], [0.018, 0.18, 6], (0.0234, new Interval(0.011, 0.036))));
        Assert.EndsWith(
            "There, 0.6 cannot be told from it. On val, its mIoU is 2.3 points below that of the protocol's own, 0.6.",
            Words.Of(0.06, 1, [0.006, 0.06, 0.6], [0.6], (-0.0234, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_at_an_end_of_the_grid_asks_for_a_wider_one()
    {
        Assert.Contains("the lowest that was tried: try lower", Words.Of(0.06, 2, [0.06, 0.6], [], null), StringComparison.Ordinal);
        Assert.Contains("the highest that was tried: try higher", Words.Of(6, 2, [0.6, 6], [], null), StringComparison.Ordinal);
        Assert.EndsWith(
            "With the protocol's own, 0.6, the classifier diverged.", Words.Of(0.06, 2, [0.06, 0.6], [], null), StringComparison.Ordinal);
        Assert.EndsWith("all of train. It is the protocol's own.", Words.Of(0.6, 2, [0.6], [], (0, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_was_held_out_nobody_is_told_to_choose() =>
        Assert.Equal(
            "No image of train was held out to choose a learning rate by, so the result is that of the protocol's own, 0.6. A rate chosen by "
                + "its score on val would flatter the features.",
            Words.Nothing(tried: false));
}
