using CACL.Data.Sampling;

namespace CACL.Data.Tests.Sampling;

public sealed class SplitMix64Tests
{
    // These are the outputs of splitmix64.c by Sebastiano Vigna for these states.
    [Theory]
    [InlineData(0UL, 0xE220A8397B1DCDAFUL, 0x6E789E6AA1B965F4UL, 0x06C45D188009454FUL)]
    [InlineData(1234567UL, 6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL)]
    public void Its_numbers_are_the_published_ones(ulong start, ulong first, ulong second, ulong third)
    {
        Assert.Equal([first, second, third], Enumerable.Range(0, 3).Select(k => SplitMix64.Number(start, (ulong)k)));
        Assert.Equal(first, SplitMix64.Mix(start + SplitMix64.Golden));
    }

    [Fact]
    public void Bits_become_a_number_below_one()
    {
        Assert.Equal((0.0, 0.5, 1 - Math.Pow(2, -53)), (SplitMix64.Unit(0), SplitMix64.Unit(1UL << 63), SplitMix64.Unit(ulong.MaxValue)));
    }
}
