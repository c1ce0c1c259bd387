using CACL.Learning.Methods;

namespace CACL.Learning.Tests.Methods;

public sealed class StepResultTests
{
    private static readonly MetricSpec Loss = new("loss_a", MetricKind.Loss, "a", "a", "a");
    private static readonly MetricSpec Share = new("share_a", MetricKind.Share, "a", "a", "a");

    [Fact]
    public void Results_with_the_same_numbers_are_equal_and_no_others()
    {
        Assert.Equal(Result(1, 2), Result(1, 2));
        Assert.Equal(Result(double.NaN, 2), Result(double.NaN, 2));
        Assert.NotEqual(Result(1, 2), Result(1, 3));
        Assert.NotEqual(Result(1, 2), Result(1, 2) with { LearningRate = 1 });
        Assert.NotEqual(Result(1, 2), Result(1, 2) with { Metrics = [new Metric(Loss, 1)] });
    }

    [Fact]
    public void A_metric_is_found_by_its_name_and_one_that_was_not_reported_is_none()
    {
        Assert.Equal(2, Result(1, 2)["share_a"]);
        Assert.Null(Result(1, 2)["share_b"]);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(double.PositiveInfinity, 1, false)]
    [InlineData(1, double.NaN, true)]
    public void It_is_finite_where_its_losses_are(double loss, double share, bool finite) =>
        Assert.Equal(finite, Result(loss, share).IsFinite);

    [Fact]
    public void A_weight_is_changed_by_its_heads_name_alone()
    {
        var weights = new LossWeights(new LossWeight("a", 1), new LossWeight("b", 2));
        Assert.Equal(new LossWeights(new LossWeight("a", 1), new LossWeight("b", 3)), weights.With("b", 3));
        Assert.NotEqual(weights, weights.With("b", 3));
        Assert.Equal(2, weights["b"]);
        Assert.Contains("a, b", Assert.Throws<KeyNotFoundException>(() => weights.With("c", 1)).Message, StringComparison.Ordinal);
    }

    private static StepResult Result(double loss, double share) => new(loss, [new Metric(Loss, loss), new Metric(Share, share)], 0.1);
}
