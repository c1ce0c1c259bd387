using System.Diagnostics;
using CACL.Learning.Runtime;
using TorchSharp;

namespace CACL.Learning.Tests.Runtime;

/// <summary>
/// Checks docs/decisions/0007: what is passed to native code lives until the call returns. <c>CACL.Benchmarks scalars</c> tests it under
/// load.
/// </summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void TorchSharp_is_the_build_that_keeps_what_it_was_given() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttributes(
            typeof(DebuggableAttribute), false).Cast<DebuggableAttribute>().Single().IsJITOptimizerDisabled);

    [Fact]
    public void Of_a_failure_in_libtorch_only_the_sentence_is_told()
    {
        using var scope = torch.NewDisposeScope();
        var fault = Assert.ThrowsAny<Exception>(() => torch.ones(2).add(torch.ones(3)));
        Assert.Contains("The size of tensor a (2) must match", TorchError.Sentence(fault.Message), StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", TorchError.Sentence(fault.Message), StringComparison.Ordinal);
    }
}
