using CACL.Learning.Methods;

namespace CACL.Learning.Tests.Methods;

public sealed class LossRampTests
{
    [Theory]
    [InlineData("400", 400, false)]
    [InlineData("1 step", 1, false)]
    [InlineData(" 10  epochs ", 10, true)]
    [InlineData("2.5 epochs", 2.5, true)]
    public void A_span_is_a_number_of_steps_or_of_epochs(string text, double amount, bool inEpochs)
    {
        var span = RunSpan.Find(text);
        Assert.Equal(new RunSpan(amount, inEpochs), span);
        Assert.Equal(span, RunSpan.Find(span.ToString()!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("2.5")]
    [InlineData("-3 epochs")]
    [InlineData("3 hours")]
    [InlineData("1e3")]
    [InlineData("3 epochs later")]
    public void Other_words_are_none(string text) => Assert.Null(RunSpan.Find(text));

    [Fact]
    public void A_loss_waits_then_grows_evenly_then_has_its_whole_weight()
    {
        var ramp = new LossRamp(RunSpan.Epochs(2), RunSpan.Steps(4));
        double[] shares = [.. Enumerable.Range(3, 7).Select(step => ramp.ShareAt(step, stepsPerEpoch: 2.5))];
        Assert.Equal([0, 0, 0.25, 0.5, 0.75, 1, 1], shares);
        Assert.Equal([0, 1.0], new[] { 4L, 5 }.Select(step => (ramp with { Growth = default }).ShareAt(step, 2.5)));
        Assert.Equal(1, default(LossRamp).ShareAt(0, 2.5));
    }
}
