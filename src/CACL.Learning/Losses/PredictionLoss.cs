using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>BYOL's loss: how far each view's prediction is from the target of its pair's other view.</summary>
internal static class PredictionLoss
{
    /// <summary>
    /// Returns 2 − 2 cos(prediction, target) summed over both ways, mean over the B pairs: from 0 to 8. prediction, target [2B,D] unit
    /// vectors, first of all v, then of all v₊; gradient with respect to the prediction.
    /// </summary>
    public static Tensor Compute(Tensor prediction, Tensor target) =>
        LossScripts.Functions.Call("prediction_loss", prediction, target);
}
