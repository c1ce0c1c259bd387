using CACL.Actors.Contracts;
using CACL.Actors.Telemetry;
using CsCheck;

namespace CACL.Actors.Tests.Telemetry;

public sealed class BottleneckTests
{
    [Fact]
    public void Nothing_is_said_before_there_is_something_to_say()
    {
        Assert.Equal("No step is done yet.", Bottleneck.Verdict(null, new(2, 0.1, 8)));
        Assert.Equal(
            "Too early to say where the time goes: 3 of 8 steps are measured.",
            Bottleneck.Verdict(Figures(steps: 3, data: 0.9), new(2, 0.1, 8)));
    }

    [Fact]
    public void Decoders_that_are_too_few_are_counted()
    {
        // A step of 32 pairs computes for one second; a decoder makes 8 pairs a second: four and a tenth of a reserve, rounded up to five,
        // would keep up.
        Assert.Equal(
            "The decoders are the bottleneck: 2 more would help (decoders=5); the training waits 34 % of its time for data.",
            Bottleneck.Verdict(Figures(data: 0.34), new(3, 0.125, 8)));
    }

    [Theory]
    [InlineData(2, 4, "Keeping up would take 5 of them, and this machine has 4 processors: 2 more would help a little, smaller videos")]
    [InlineData(4, 4, "Keeping up would take 5 of them, and this machine has 4 processors: smaller videos")]
    [InlineData(1, 1, "and this machine has 1 processor: smaller videos")]
    public void More_decoders_than_processors_are_not_promised(int decoders, int processors, string words) =>
        Assert.Contains(words, Bottleneck.Verdict(Figures(data: 0.5), new(decoders, 0.125, processors)), StringComparison.Ordinal);

    [Fact]
    public void Enough_decoders_and_waiting_all_the_same_is_told_apart() => Assert.Equal(
        "The training waits 12 % of its time for data, although 8 decoders would be enough on average: some videos take much longer than "
            + "others. "
        + "More batches that wait ahead would help (cacl.data.prefetch-batches, cacl.data.in-flight-memory).",
        Bottleneck.Verdict(Figures(data: 0.12), new(8, 0.125, 8)));

    [Fact]
    public void Without_decode_times_no_number_is_made_up() =>
        Assert.Equal(
            "The decoders are the bottleneck: the training waits 40 % of its time for data.",
            Bottleneck.Verdict(Figures(data: 0.4), new(2, null, 8)));

    [Fact]
    public void Computing_copying_and_photometry_are_named()
    {
        Assert.Equal(
            "Computing is the bottleneck, as it should be: it takes 95 % of the time, and the decoders keep up.",
            Bottleneck.Verdict(Figures(forward: 0.4, backward: 0.5, optimiser: 0.05), new(2, 0.1, 8)));
        Assert.StartsWith(
            "Copying the state for checkpoints takes 20 % of the time: fewer checkpoints",
            Bottleneck.Verdict(Figures(snapshot: 0.2, backward: 0.7), new(2, 0.1, 8)), StringComparison.Ordinal);
        Assert.StartsWith(
            "Bringing the batches to the device and photometry take 40 % of the time, computing 55 %",
            Bottleneck.Verdict(Figures(transfer: 0.4, backward: 0.55), new(2, 0.1, 8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_figures_it_is_one_line_that_recommends_no_fewer_decoders_than_there_are() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 100], Gen.Int[0, 64], Gen.Double[0, 60], Gen.Int[1, 64], Gen.Double[1, 512])
            .Sample((data, compute, decoders, perPair, processors, pairs) =>
        {
            var verdict = Bottleneck.Verdict(
                new StepTimeFigures(100, new TimeShares(data, 0, 0, 1 - data, 0, 0), compute, pairs), new(decoders, perPair, processors));
            Assert.EndsWith(".", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain(" -", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain(" 0 more", verdict, StringComparison.Ordinal);
        });

    private static StepTimeFigures Figures(
        int steps = 100, double data = 0, double transfer = 0, double forward = 0, double backward = 0, double optimiser = 0,
        double snapshot = 0) =>
        new(steps, new TimeShares(data, transfer, forward, backward, optimiser, snapshot), ComputeSeconds: 1, Pairs: 32);
}
