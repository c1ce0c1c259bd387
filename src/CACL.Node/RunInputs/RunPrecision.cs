using CACL.Data.Wording;
using CACL.Learning.Runtime;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.Settings;

namespace CACL.Node.RunInputs;

/// <summary>The precision of a training: a new run chooses it by its device, a resumed one keeps it.</summary>
internal static class RunPrecision
{
    /// <summary>Returns the precision, which the device can compute in.</summary>
    /// <param name="settings">The training's settings.</param>
    /// <param name="device">cpu or cuda:N.</param>
    /// <param name="former">The settings in the newest checkpoint of a run that is resumed; null: the run is new.</param>
    /// <exception cref="UserException">The device cannot compute so.</exception>
    public static Precision Of(TrainingSettings settings, string device, IReadOnlyDictionary<string, string>? former)
    {
        // Before there was a choice, networks were computed in float32.
        var before = former is null ? null : former.GetValueOrDefault(SettingNames.Precision) ?? Precision.Fp32.Word();
        try
        {
            return PrecisionChoice.Resolve(
                settings.Precision ?? (before is null ? null : Precisions.Find(before)), SettingNames.Precision,
                device, settings.AllowSlowBf16);
        }
        catch (UserException refused) when (settings.Precision is null && before is not null)
        {
            throw new UserException(
                $"This run computes in {before}, and a resumed run keeps its precision. {refused.Message} Or resume it on a device that "
                + "has it.");
        }
    }
}
