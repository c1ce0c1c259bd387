using System.Globalization;
using System.Runtime.InteropServices;
using CACL.Data.Files;

namespace CACL.Node.Devices;

/// <summary>What a device calls itself.</summary>
internal static partial class DeviceName
{
    private const int LongestName = 256;

    // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR.
    private const int CapabilityMajor = 75;

    /// <summary>The name of the processor or of a card; null: it does not tell.</summary>
    /// <param name="device">cpu or cuda:N.</param>
    public static string? Of(string device) => device.Split(':') is ["cuda", var number]
        ? OfCard(int.Parse(number, CultureInfo.InvariantCulture))
        : File.Exists("/proc/cpuinfo") ? OfProcessor(RegularFile.ReadLines("/proc/cpuinfo")) : null;

    /// <summary>The processor's name by the lines of /proc/cpuinfo.</summary>
    public static string? OfProcessor(IEnumerable<string> cpuInfo) =>
        cpuInfo.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2) is [_, var name]
            ? name.Trim()
            : null;

    /// <summary>The first number of a card's compute capability; null: it does not tell.</summary>
    /// <param name="device">cuda or cuda:N.</param>
    public static int? GenerationOf(string device) => AskCard(
        device.Split(':') is [_, var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 0,
        card => Attribute(out var major, CapabilityMajor, card) == 0 ? major : (int?)null);

    private static unsafe string? OfCard(int index) => AskCard(index, card =>
    {
        var name = stackalloc byte[LongestName];
        return NameOf(name, LongestName, card) == 0 ? Marshal.PtrToStringUTF8((nint)name) : null;
    });

    // By the driver, which counts the cards as libtorch does (CUDA_VISIBLE_DEVICES); TorchSharp has no call for these.
    private static T? AskCard<T>(int index, Func<int, T?> ask)
    {
        try
        {
            return Initialise(0) == 0 && Device(out var card, index) == 0 ? ask(card) : default;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return default;
        }
    }

    [LibraryImport("libcuda.so.1", EntryPoint = "cuInit")]
    private static partial int Initialise(uint flags);

    [LibraryImport("libcuda.so.1", EntryPoint = "cuDeviceGet")]
    private static partial int Device(out int device, int ordinal);

    [LibraryImport("libcuda.so.1", EntryPoint = "cuDeviceGetAttribute")]
    private static partial int Attribute(out int value, int attribute, int device);

    [LibraryImport("libcuda.so.1", EntryPoint = "cuDeviceGetName")]
    private static unsafe partial int NameOf(byte* name, int length, int device);
}
