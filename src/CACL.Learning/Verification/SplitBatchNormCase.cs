using CACL.Learning.Networks;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>§6: statistics per group in training, then evaluation with the running statistics that it left.</summary>
internal static class SplitBatchNormCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 1e-5);
        var (x, groups) = (golden.Tensor("x"), golden.Int("groups"));
        var (weight, bias) = (golden.Tensor("start_weight"), golden.Tensor("start_bias"));
        var (mean, variance) = (golden.Tensor("start_running_mean"), golden.Tensor("start_running_var"));
        using var _ = no_grad();
        check.Relative("out_train", SplitBatchNorm.Apply(x, weight, bias, mean, variance, groups, training: true), tolerance);
        check.Relative("after_running_mean", mean, tolerance);
        check.Relative("after_running_var", variance, tolerance);
        check.Relative("out_eval", SplitBatchNorm.Apply(x, weight, bias, mean, variance, groups, training: false), tolerance);
    }
}
