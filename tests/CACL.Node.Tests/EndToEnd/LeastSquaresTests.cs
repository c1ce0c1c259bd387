using CsCheck;

namespace CACL.Node.Tests.EndToEnd;

public sealed class LeastSquaresTests
{
    [Fact]
    public void A_line_has_its_slope_and_no_doubt() => Gen.Select(Gen.Double[-5, 5], Gen.Double[-100, 100]).Sample((slope, at) =>
    {
        var line = LeastSquares.Of([.. Enumerable.Range(0, 87).Select(i => ((double)i, at + (slope * i)))]);
        Assert.Equal(slope, line.Slope, tolerance: 1e-9);
        Assert.Equal(0, line.HalfWidth, tolerance: 1e-9);
    });

    [Fact]
    public void The_interval_holds_the_slope_nineteen_times_of_twenty()
    {
        var random = new Random(7);
        var held = Enumerable.Range(0, 2000).Count(_ =>
        {
            var line = LeastSquares.Of([.. Enumerable.Range(0, 60).Select(i => ((double)i, (0.3 * i) + random.NextDouble()))]);
            return line.Least < 0.3 && line.Most > 0.3;
        });
        Assert.InRange(held, 1860, 1940);
    }
}
