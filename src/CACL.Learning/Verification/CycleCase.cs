using CACL.Learning.Losses;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using static TorchSharp.torch;

namespace CACL.Learning.Verification;

/// <summary>
/// §5: the cycle loss for each target, with its gradients with respect to both frames' maps before normalisation; the targets' entropy; how
/// far apart a head's vectors are; and the share of its weight with which the loss counts.
/// </summary>
internal static class CycleCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var tolerance = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Loss);
        var ofGradient = golden.Tolerance("# relative", 2e-5, RoundedQuantity.Gradient);
        var (t, targetTemperature) = (golden.Number("temperature"), golden.Number("target_temperature"));
        var (c, cPlus) = (golden.Tensor("c").requires_grad_(true), golden.Tensor("c_plus").requires_grad_(true));
        foreach (var kind in Enum.GetValues<CycleTarget>())
        {
            var word = GoldenNames.WordOf(kind);
            var target = Target(golden, kind, targetTemperature);
            var first = CycleLoss.Compute(Pixels(c), Pixels(cPlus).detach(), golden.Tensor("queue_c"), t, target);
            var both = CycleLoss.Compute(Pixels(c), Pixels(cPlus), golden.Tensor("queue_c"), t, target, bothFrames: true);
            check.Relative($"loss_{word}", both.Loss, tolerance);
            check.Relative($"grad_c_{word}", autograd.grad([first.Loss], [c])[0], ofGradient);
            var gradients = autograd.grad([both.Loss], [c, cPlus]);
            check.Relative($"grad_c_{word}", gradients[0], ofGradient);
            check.Relative($"grad_c_plus_{word}", gradients[1], ofGradient);
            if (target is not null) check.Relative($"entropy_{word}", both.Entropy, tolerance);
        }

        foreach (var name in new[] { "u", "c", "f" })
        {
            var (ofPixels, ofFrames) = Spread.Of([Pixels(golden.Tensor(name))])[0];
            check.Relative($"spread_{name}", ofPixels, tolerance);
            check.Relative($"frame_spread_{name}", ofFrames, tolerance);
        }

        var ramp = new LossRamp(RunSpan.Steps((long)golden.Number("begin")), RunSpan.Steps((long)golden.Number("growth")));
        var shares = golden.Doubles("shares");
        check.Relative("shares", shares, [.. shares.Select((_, step) => ramp.ShareAt(step, stepsPerEpoch: 1))], 1e-12);
    }

    private static AttentionTarget? Target(GoldenFile golden, CycleTarget kind, double temperature)
    {
        AttentionTarget Between(string from, string to) => new(Pixels(golden.Tensor(from)), Pixels(golden.Tensor(to)), temperature);
        return kind switch
        {
            CycleTarget.Soft => Between("u", "u_plus"),
            CycleTarget.SoftSelf => Between("u", "u"),
            CycleTarget.Features => Between("f", "f_plus"),
            CycleTarget.FeaturesSelf => Between("f", "f"),
            _ => null,
        };
    }

    private static Tensor Pixels(Tensor map) => nn.functional.normalize(map.flatten(2).transpose(1, 2), dim: 2);
}
