using System.Diagnostics;

namespace CACL.Benchmarks;

/// <summary>Measures the memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>Maximum resident memory so far, MiB.</summary>
    public static double PeakMib()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }
}
