using System.Globalization;
using System.Runtime.InteropServices;
using CACL.Data.Files;
using CACL.Node.Devices;

namespace CACL.Node.Doctor;

/// <summary>Checks the machine: system, processor, memory, disk, limits.</summary>
internal static class SystemChecks
{
    private const double GiB = 1L << 30;
    private static readonly string[] UsefulFeatures = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];

    /// <summary>Checks the operating system and .NET.</summary>
    public static Finding System()
    {
        var text = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
            + $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        return OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? Finding.Fine(text)
            : new Finding(Severity.Blocking, text, "libtorch is restored for 64-bit x86 Linux only; use such a machine or a container.");
    }

    /// <summary>Checks the cores, and the instructions from which tensor arithmetic benefits.</summary>
    public static Finding Processor() => Processor(ReadLines("/proc/cpuinfo"), Environment.ProcessorCount);

    /// <summary>Does the same as <see cref="Processor()"/> with the lines of /proc/cpuinfo.</summary>
    internal static Finding Processor(IReadOnlyList<string> cpuInfo, int cores)
    {
        var name = DeviceName.OfProcessor(cpuInfo) ?? "unknown processor";
        var flags = (Field(cpuInfo, "flags") ?? "").Split(' ').ToHashSet();
        var has = UsefulFeatures.Where(flags.Contains).ToList();
        var text = $"{cores} cores, {name}, {(has.Count > 0 ? string.Join(" ", has) : "no avx2")}";
        return flags.Contains("avx2")
            ? Finding.Fine(text)
            : new Finding(
                Severity.Remark, text, "Without AVX2, a step takes several times as long; use a newer CPU if you have one.");
    }

    /// <summary>Checks the memory that this process may use, which a container may limit.</summary>
    public static Finding Memory()
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = AvailableKiB() is { } kib ? Math.Min(all, kib << 10) : all;
        var text = $"{all / GiB:0.0} GiB, {free / GiB:0.0} GiB of it free";
        return free >= 4 * GiB
            ? Finding.Fine(text)
            : new Finding(Severity.Remark, text, "A small run (crop-size 64, batch-size 16) takes 2 GiB, the paper's batch of 32 at 224 "
                + "more than 20 GiB: lower these, or free some memory.");
    }

    /// <summary>Checks the disk for runs: space and permission.</summary>
    public static Finding Disk(string runDirectory)
    {
        var folder = Existing(runDirectory.Length > 0 ? runDirectory : Path.GetFullPath("runs"));
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = $"{free / GiB:0.0} GiB free for runs in {folder}";
        try
        {
            AtomicFile.Try(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(
                Severity.Blocking, $"{folder} cannot be written: {e.Message}",
                "Change its permissions, or name another run folder (cacl.run.directory).");
        }

        return free >= 2 * GiB
            ? Finding.Fine(text)
            : new Finding(Severity.Remark, text, "A checkpoint takes about 250 MiB for ResNet-18 and 900 MiB for ResNet-50: free some "
                + "space, or name a run folder on another disk.");
    }

    /// <summary>Checks the limits of the process that large runs may hit.</summary>
    public static Finding Limits()
    {
        var line = ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (!long.TryParse(soft, CultureInfo.InvariantCulture, out var files)) return Finding.Fine("open files: no limit known");
        return files >= 1024
            ? Finding.Fine($"{files:N0} open files")
            : new Finding(Severity.Remark, $"{files:N0} open files", "Raise it with: ulimit -n 4096");
    }

    private static string Existing(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return path;
    }

    private static string[] ReadLines(string path) => File.Exists(path) ? [.. RegularFile.ReadLines(path)] : [];

    private static string? Field(IEnumerable<string> lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2) is [_, var value] ? value.Trim() : null;

    private static long? AvailableKiB() =>
        long.TryParse(Field(ReadLines("/proc/meminfo"), "MemAvailable")?.Split(' ')[0], CultureInfo.InvariantCulture, out var kib)
            ? kib
            : null;
}
