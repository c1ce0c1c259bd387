using CACL.Node.Doctor;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Doctor;

public sealed class ExaminationTests
{
    [Fact]
    public void Every_check_is_told_in_order_with_its_remedy_and_the_verdict()
    {
        var (status, lines) = Tell(
            new Check("one", TimeSpan.FromSeconds(5), () => Finding.Fine("there")),
            new Check("three", TimeSpan.FromSeconds(5), () => new Finding(Severity.Remark, "old", "renew it")));
        Assert.Equal(ExitCodes.Success, status);
        Assert.Equal(["✓ one    there", "! three  old", "         → renew it", "Training can start here."], lines);
    }

    [Fact]
    public void A_blocking_lack_fails()
    {
        var (status, lines) = Tell(
            new Check("torch", TimeSpan.FromSeconds(5), () => new Finding(Severity.Blocking, "missing", "fetch it")));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Equal("Training cannot start here: see torch.", lines[^1]);
    }

    [Fact]
    public void A_check_that_hangs_or_throws_is_a_finding()
    {
        using var never = new ManualResetEventSlim();
        var (status, lines) = Tell(
            new Check("hangs", TimeSpan.FromMilliseconds(50), () =>
            {
                never.Wait(CancellationToken.None);
                return Finding.Fine("");
            }),
            new Check("throws", TimeSpan.FromSeconds(5), () => throw new InvalidDataException("odd")));
        never.Set();
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(lines, l => l.StartsWith("✗ hangs   no answer", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("InvalidDataException: odd", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fpu avx avx2 avx512f avx512_bf16 amx_bf16", "avx2 avx512f avx512_bf16 amx_bf16", nameof(Severity.Fine))]
    [InlineData("fpu avx avx2", "avx2", nameof(Severity.Fine))]
    [InlineData("fpu avx", "no avx2", nameof(Severity.Remark))]
    public void The_processors_useful_features_are_named(string flags, string expected, string severity)
    {
        var finding = SystemChecks.Processor(["model name\t: Some CPU", $"flags\t\t: {flags}"], 4);
        Assert.Equal($"4 cores, Some CPU, {expected}", finding.Text);
        Assert.Equal(severity, finding.Severity.ToString());
    }

    [Fact]
    public void A_folder_without_libtorch_is_told_or_the_one_already_loaded_serves()
    {
        using var folder = new TemporaryFolder();
        var loadedBefore = CACL.Learning.Runtime.LibTorchLoader.Loaded is not null;
        var finding = TorchChecks.Library(folder.Path);
        Assert.Equal(loadedBefore ? Severity.Fine : Severity.Blocking, finding.Severity);
        if (!loadedBefore) Assert.Contains(folder.Path, finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_that_cannot_be_written_blocks() => Assert.Equal(Severity.Blocking, SystemChecks.Disk("/proc/runs").Severity);

    [Fact]
    public void This_machine_is_examined_in_about_ten_lines()
    {
        using var output = new StringWriter();
        Examination.Run(ConfigurationFiles.Load([], [], new Dictionary<string, string>()).Settings, output);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, lines.Count(l => !l.Contains('→', StringComparison.Ordinal)));
        Assert.Contains(lines, l => l.Contains("libtorch 2.", StringComparison.Ordinal));
    }

    private static (int Status, string[] Lines) Tell(params Check[] checks)
    {
        using var output = new StringWriter();
        var status = Examination.Tell(checks, output);
        return (status, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
