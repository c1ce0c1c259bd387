using System.Diagnostics;

namespace CACL.Benchmarks;

/// <summary>What this process has taken from the machine.</summary>
internal static class ProcessMemory
{
    /// <summary>The most memory that was ever resident, MiB.</summary>
    public static double PeakMib()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1048576.0;
    }
}
