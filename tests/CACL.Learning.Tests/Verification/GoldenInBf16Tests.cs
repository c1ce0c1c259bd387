using CACL.Learning.Runtime;
using CACL.Learning.Verification;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Verification;

/// <summary>The golden files of <see cref="GoldenVerifierTests"/> in bf16, in which a processor takes seconds for each training.</summary>
public sealed class GoldenInBf16Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(GoldenVerifierTests.Names), MemberType = typeof(GoldenVerifierTests))]
    public void A_golden_file_is_recomputed_in_bf16_within_the_tolerance_of_bf16(string name)
    {
        File.Copy(GoldenFiles.Path(name), _folder.File($"{name}.safetensors"));
        var lines = GoldenVerifier.Verify(_folder.Path, CPU, Precision.Bf16).ToArray();
        Each.Holds(lines, line => Assert.True(line.Passed, $"{line.Quantity}: {line.WorstError} > {line.Tolerance} {line.Note}"));
        // What no product rounds is as exact as in fp32, and what is rounded is not.
        if (name.StartsWith("losses", StringComparison.Ordinal))
        {
            Assert.InRange(lines.Single(l => l.Quantity.StartsWith("loss_global", StringComparison.Ordinal)).WorstError, 0, 1e-5);
            Assert.InRange(lines.Single(l => l.Quantity.StartsWith("loss_pixel ", StringComparison.Ordinal)).WorstError, 1e-6, 1);
        }
    }
}
