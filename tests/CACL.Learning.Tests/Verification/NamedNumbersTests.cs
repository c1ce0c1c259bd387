using CACL.Learning.Verification;
using CACL.Testing;

namespace CACL.Learning.Tests.Verification;

public sealed class NamedNumbersTests
{
    /// <summary>What a kind of tensor makes of the numbers of its name: each is centre + size·u.</summary>
    [Theory]
    [InlineData("head_pixel.0.bias", 0, 0.0625)]
    [InlineData("head_pixel.1.bias", 0, 0.0625)]
    [InlineData("head_pixel.1.weight", 1, 0.25)]
    [InlineData("head_pixel.1.running_mean", 0, 0.25)]
    [InlineData("head_pixel.1.running_var", 1, 0.5)]
    [InlineData("bn1.bias", 0, 0.25)]
    [InlineData("bn1.weight", 1, 0.25)]
    [InlineData("bn1.running_mean", 0, 0.25)]
    [InlineData("bn1.running_var", 1, 0.5)]
    public void A_vector_is_scaled_by_what_its_name_says_it_is(string name, double centre, double size)
    {
        var numbers = NamedNumbers.Uniform(name, 50, 3).Zip(NamedNumbers.Weight(name, [50], 3));
        Each.Holds(numbers, pair => Assert.Equal((float)(centre + (size * pair.First)), pair.Second));
    }

    [Fact]
    public void A_kernel_is_scaled_by_the_number_of_its_inputs() =>
        Assert.Equal(
            NamedNumbers.Uniform("head_pixel.0.weight", 12, 3).Select(u => (float)(u * Math.Sqrt(6.0 / 4))),
            NamedNumbers.Weight("head_pixel.0.weight", [3, 4, 1, 1], 3));
}
