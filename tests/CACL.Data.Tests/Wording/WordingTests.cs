using CACL.Data.Wording;

namespace CACL.Data.Tests.Wording;

public sealed class WordingTests
{
    [Theory]
    [InlineData(0, "0.0 %", "0 %", "0 %", "0.000")]
    [InlineData(1, "100.0 %", "100 %", "100 %", "100.000")]
    [InlineData(0.25, "25.0 %", "25 %", "25 %", "25.000")]
    [InlineData(0.125, "12.5 %", "13 %", "12.5 %", "12.500")]
    [InlineData(0.0001, "0.0 %", "0 %", "0.01 %", "0.010")]
    [InlineData(0.25436, "25.4 %", "25 %", "25.44 %", "25.436")]
    public void A_share_is_percent(double share, string usual, string whole, string brief, string number)
    {
        Assert.Equal((usual, whole, brief), (Percent.Of(share), Percent.Whole(share), Percent.Short(share)));
        Assert.Equal(number, Percent.Number(share, 3));
    }

    [Theory]
    [InlineData(0, "0 seeds")]
    [InlineData(1, "1 seed")]
    [InlineData(2, "2 seeds")]
    [InlineData(12345, "12,345 seeds")]
    public void Things_are_counted(long number, string expected) => Assert.Equal(expected, Counted.Of(number, "seed"));
}
