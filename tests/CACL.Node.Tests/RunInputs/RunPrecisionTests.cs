using CACL.Data.Wording;
using CACL.Learning.Runtime;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Node.Settings;

namespace CACL.Node.Tests.RunInputs;

public sealed class RunPrecisionTests
{
    [Fact]
    public void A_new_run_and_one_from_before_the_choice_compute_in_fp32_on_a_processor()
    {
        Assert.Equal(Precision.Fp32, RunPrecision.Of(Settings("auto"), "cpu", former: null));
        Assert.Equal(Precision.Fp32, RunPrecision.Of(Settings("auto"), "cpu", new Dictionary<string, string>()));
    }

    [Fact]
    public void A_resumed_run_keeps_its_precision_or_says_why_it_cannot()
    {
        var former = new Dictionary<string, string> { [SettingNames.Precision] = "bf16" };
        Assert.Equal(Precision.Bf16, RunPrecision.Of(Settings("auto", allowSlow: true), "cpu", former));
        former[SettingNames.Precision] = "tf32";
        var refused = Assert.Throws<UserException>(() => RunPrecision.Of(Settings("auto"), "cpu", former));
        Assert.StartsWith("This run computes in tf32, and a resumed run keeps its precision.", refused.Message, StringComparison.Ordinal);
        // Another precision that is asked for is told with the other settings that differ from the checkpoint's.
        Assert.Equal(Precision.Fp32, RunPrecision.Of(Settings("fp32"), "cpu", former));
    }

    private static TrainingSettings Settings(string precision, bool allowSlow = false) => ConfigurationFiles.Load(
        [], [$"{SettingNames.Precision}={precision}", $"{SettingNames.AllowSlowBf16}={(allowSlow ? "true" : "false")}"],
        new Dictionary<string, string>()).Settings.Training;
}
