using CACL.Data.Batches;
using CACL.Node.Devices;
using CACL.Node.Ending;

namespace CACL.Node.Planning;

/// <summary>
/// Measures this machine for a plan: it decodes some pairs of the catalogue's videos, trains a few steps on them with the settings of the
/// training, and saves a checkpoint. Nothing of it is kept.
/// </summary>
internal static class PlanMeasurement
{
    /// <summary>Time for which each part is measured: long enough for a mean that single videos hardly move.</summary>
    internal static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    /// <summary>Measures.</summary>
    /// <param name="plan">What is planned: its settings name the videos, and it says how many pairs a card takes.</param>
    /// <exception cref="UserException">There is no usable video, or no such device; or a checkpoint cannot be written.</exception>
    public static PlanFigures Run(PlanRequest plan)
    {
        using var memory = new FramePairPool(plan.Settings.Data.CropSize);
        using var decoded = DecodedPairs.Decode(plan, memory);
        var device = TorchDevice.Prepare(plan.Settings.Training);
        return StepMeasurement.Run(plan, device, decoded.Pairs) with
        {
            DecodeSeconds = decoded.Seconds,
            VideoBytes = decoded.VideoBytes,
            SharesCores = device == "cpu",
        };
    }
}
