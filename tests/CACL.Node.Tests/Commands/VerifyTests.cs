using CACL.Learning.Verification;
using CACL.Node.Commands;
using CACL.Node.Ending;
using CACL.Node.Verification;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

public sealed class VerifyTests
{
    [Theory]
    [InlineData(0.5, true)]
    [InlineData(2.0, false)]
    [InlineData(double.NaN, false)]
    public void A_line_for_each_quantity_and_a_status_that_fails_with_any(double error, bool passes)
    {
        using var output = new StringWriter();
        var status = VerifyHandler.Tell(
            [new GoldenResult("a.safetensors", "lars", "w", 0, 1), new GoldenResult("b.safetensors", "queue", "rows", error, 1)], "on cpu",
            output);
        Assert.Equal(passes ? ExitCodes.Success : ExitCodes.Failure, status);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("pass", lines[0], StringComparison.Ordinal);
        Assert.Contains(passes ? "pass" : "FAIL", lines[1], StringComparison.Ordinal);
        Assert.Equal(passes ? "2 of 2 quantities pass on cpu." : "1 of 2 quantities pass on cpu.", lines[2]);
    }

    [Fact]
    public void Nothing_verified_is_a_failure() => Assert.Equal(ExitCodes.Failure, VerifyHandler.Tell([], "on cpu", TextWriter.Null));

    [Fact]
    public void A_missing_folder_is_told()
    {
        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Failure, CaclCommandLine.Run(["verify", "--golden", "/nowhere/golden"], TextWriter.Null, error));
        Assert.Contains("There is no folder /nowhere/golden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_golden_files_is_recomputed()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in GoldenFiles.Names.Where(name => name.StartsWith("lars", StringComparison.Ordinal)))
            File.Copy(GoldenFiles.Path(name), folder.File($"{name}.safetensors"));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = CaclCommandLine.Run(["verify", "--golden", folder.Path], output, error);
        Assert.Equal((ExitCodes.Success, ""), (status, error.ToString()));
        Assert.Matches(@"\n\d+ of \d+ quantities pass on cpu in fp32 with \d+ threads\.", output.ToString());
    }
}
