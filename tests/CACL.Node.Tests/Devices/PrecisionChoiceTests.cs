using CACL.Learning.Runtime;
using CACL.Node.Devices;
using CACL.Node.Ending;

namespace CACL.Node.Tests.Devices;

public sealed class PrecisionChoiceTests
{
    [Theory]
    [InlineData(null, "cpu", null, Precision.Fp32)]
    [InlineData(null, "cuda:0", 7, Precision.Fp32)]
    [InlineData(null, "cuda:0", null, Precision.Fp32)]
    [InlineData(null, "cuda:1", 8, Precision.Tf32)]
    [InlineData(null, "cuda:0", 9, Precision.Tf32)]
    [InlineData(Precision.Fp32, "cuda:0", 9, Precision.Fp32)]
    [InlineData(Precision.Tf32, "cuda:0", 9, Precision.Tf32)]
    [InlineData(Precision.Bf16, "cuda:0", 8, Precision.Bf16)]
    public void It_is_what_is_asked_for_or_what_suits_the_device(Precision? wanted, string device, int? generation, Precision expected) =>
        Assert.Equal(expected, PrecisionChoice.Resolve(wanted, "a.key", device, allowSlow: false, generation, () => false));

    [Theory]
    [InlineData(Precision.Tf32, "cpu", null, "processors do not compute in")]
    [InlineData(Precision.Tf32, "cuda:0", 7, "from compute capability 8.0 on")]
    [InlineData(Precision.Bf16, "cuda:0", 7, "from compute capability 8.0 on")]
    [InlineData(Precision.Bf16, "cpu", null, "26 times slower")]
    public void What_the_device_cannot_do_is_refused_with_the_reason(Precision wanted, string device, int? generation, string reason)
    {
        var refused = Assert.Throws<UserException>(
            () => PrecisionChoice.Resolve(wanted, "a.key", device, allowSlow: false, generation, () => false));
        Assert.StartsWith($"a.key is {wanted.Word()}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_processor_computes_bf16_if_it_has_units_for_it_or_if_it_may_be_slow(bool allowed, bool hasUnits) =>
        Assert.Equal(Precision.Bf16, PrecisionChoice.Resolve(Precision.Bf16, "a.key", "cpu", allowed, null, () => hasUnits));

    [Theory]
    [InlineData("flags\t\t: fpu avx512f avx512_bf16 sse", true)]
    [InlineData("flags\t\t: fpu amx_bf16 amx_tile", true)]
    [InlineData("Features\t: fp asimd bf16", true)]
    [InlineData("flags\t\t: fpu avx512f bf16x", false)]
    [InlineData("model name\t: bf16", false)]
    public void Units_are_read_from_the_processors_own_words(string line, bool expected) =>
        Assert.Equal(expected, PrecisionChoice.HasBf16(["processor\t: 0", line]));
}
