using CACL.Learning.Runtime;

namespace CACL.Learning.Verification;

/// <summary>What kind of quantity rounded factors make inexact.</summary>
internal enum RoundedQuantity
{
    /// <summary>An image that a convolution has blurred.</summary>
    Image,

    /// <summary>A map that a network has computed, or the running statistics of its layers.</summary>
    Map,

    /// <summary>The map of an untrained ResNet-50 in training mode.</summary>
    DeepMap,

    /// <summary>A loss of given maps, or what it is made of.</summary>
    Loss,

    /// <summary>The gradient of a loss with respect to given maps.</summary>
    Gradient,

    /// <summary>A loss during a training of a few steps.</summary>
    TrainedLoss,

    /// <summary>The norm of a parameter's gradient during such a training.</summary>
    TrainedGradient,
}

/// <summary>
/// How far a quantity may be from one that was computed in float32, by the precision. A factor is rounded to nearest by at most u = 2⁻⁹ of
/// itself in bfloat16 (8 bits) and 2⁻¹² in tf32 (11 bits), of which tensor cores cut one more, 2⁻¹¹. A golden file's own tolerance holds
/// where it is larger, and alone in float32.
/// </summary>
internal static class RoundedTolerance
{
    /// <summary>Returns the largest error that counts as equal; 0: the golden file's own tolerance holds.</summary>
    public static double Of(Precision precision, RoundedQuantity quantity) => precision switch
    {
        Precision.Bf16 => InBf16(quantity),
        Precision.Tf32 => InTf32(quantity),
        _ => 0,
    };

    private static double InBf16(RoundedQuantity quantity) => quantity switch
    {
        // Views are not computed in bfloat16; the blur is a product that a card computes in tf32.
        RoundedQuantity.Image => 1e-3,
        // Weights, inputs and outputs of 20 (ResNet-18) to 53 layers are rounded, each by u: some u·√(3·53) = 12 u = 0.025 of the whole.
        RoundedQuantity.Map => 0.05,
        // Untrained and normalised by the statistics of four images, it makes much of little: moving its input alone by u, and computing
        // in float64, moves its output by a fifth of its norm; rounding weights and input moves it by 0.27.
        RoundedQuantity.DeepMap => 0.6,
        // A logit of up to 1/τ = 14 is off by up to 14 u = 0.03, in either direction; a loss is a mean over logits and pixels, of which
        // the cycle's matrix has the fewest.
        RoundedQuantity.Loss => 0.02,
        // Weights under a softmax are off by some 3 %, and so is a mean of few negatives.
        RoundedQuantity.Gradient => 0.05,
        // A small cross-entropy is off, relative to itself, by as much as its logits are: 14 u = 0.03 for the positive and as much for the
        // negatives, and the maps come on top. With one to four threads, which round in other orders, the worst of five files was
        // 0.073.
        RoundedQuantity.TrainedLoss => 0.15,
        // Where a ReLU's input or a correspondence falls to the other side, a small tensor's gradient is another one: 0.10, likewise.
        RoundedQuantity.TrainedGradient => 0.25,
        _ => throw new ArgumentOutOfRangeException(nameof(quantity), quantity, null),
    };

    // Two bits more: a quarter of what bfloat16 may be off, as far as rounding decides; what falls to the other side is as far off as
    // there.
    private static double InTf32(RoundedQuantity quantity) => quantity switch
    {
        RoundedQuantity.Image => 1e-3,
        RoundedQuantity.TrainedGradient => InBf16(quantity),
        _ => InBf16(quantity) / 4,
    };
}
