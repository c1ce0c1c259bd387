using CACL.Data.Files;
using CACL.Data.Wording;
using CACL.Learning.Runtime;
using CACL.Node.Ending;

namespace CACL.Node.Devices;

/// <summary>Resolves the precision in which a device computes.</summary>
internal static class PrecisionChoice
{
    // Ampere, the first generation whose tensor cores take tf32 and bfloat16.
    private const int FirstWithTensorFloats = 8;

    /// <summary>Returns the precision.</summary>
    /// <param name="wanted">The precision that is asked for; null: what suits the device.</param>
    /// <param name="setting">The setting that asks for it.</param>
    /// <param name="device">cpu or cuda:N.</param>
    /// <param name="allowSlow">Whether bf16 is computed where it is slow.</param>
    /// <exception cref="UserException">The device cannot compute so, or only very slowly.</exception>
    public static Precision Resolve(Precision? wanted, string setting, string device, bool allowSlow) =>
        Resolve(wanted, setting, device, allowSlow, device == "cpu" ? null : DeviceName.GenerationOf(device), ProcessorHasBf16);

    /// <summary>Does the same for a card of this generation, null if it does not tell, or for a processor.</summary>
    public static Precision Resolve(
        Precision? wanted, string setting, string device, bool allowSlow, int? generation, Func<bool> processorHasBf16)
    {
        var onProcessor = device == "cpu";
        var hasTensorFloats = generation >= FirstWithTensorFloats;
        return wanted switch
        {
            null => hasTensorFloats ? Precision.Tf32 : Precision.Fp32,
            Precision.Tf32 when onProcessor => throw new UserException(
                $"{setting} is tf32, which processors do not compute in; the device is {device}. Take fp32 or auto."),
            Precision.Tf32 or Precision.Bf16 when !onProcessor && !hasTensorFloats => throw new UserException(
                $"{setting} is {wanted.Value.Word()}, which the card {device} cannot compute in: cards have it from compute capability "
                + $"{FirstWithTensorFloats}.0 on. Take fp32 or auto."),
            Precision.Bf16 when onProcessor && !allowSlow && !processorHasBf16() => throw new UserException(
                $"{setting} is bf16, but this processor has no units for bfloat16 (neither avx512_bf16 nor amx_bf16): it would be some 26 "
                + $"times slower than fp32. Take fp32 or auto, or set {SettingNames.AllowSlowBf16} to true."),
            { } precision => precision,
        };
    }

    /// <summary>Returns whether a processor multiplies bfloat16 by itself, by the lines of /proc/cpuinfo.</summary>
    public static bool HasBf16(IEnumerable<string> cpuInfo) => cpuInfo
        .FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal))
        ?.Split([' ', ':', '\t'], StringSplitOptions.RemoveEmptyEntries)
        .Any(flag => flag is "avx512_bf16" or "amx_bf16" or "bf16") ?? false;

    private static bool ProcessorHasBf16() => File.Exists("/proc/cpuinfo") && HasBf16(RegularFile.ReadLines("/proc/cpuinfo"));
}
