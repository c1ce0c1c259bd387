using System.Globalization;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>What the kernel says of a process at one moment.</summary>
/// <param name="Step">Steps that the run had recorded by then.</param>
/// <param name="ResidentBytes">The most resident memory since the look before: within a step it rises and falls by an eighth.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="TemporaryFiles">Files and folders in its folder for temporary files.</param>
internal sealed record ProcessFigures(long Step, long ResidentBytes, int Threads, int Descriptors, int TemporaryFiles)
{
    // proc(5): the peak begins anew at what is resident now.
    private const string ResetPeak = "5";

    /// <summary>Returns the figures of a process, or null if it has just ended.</summary>
    public static ProcessFigures? Of(int process, long step, string temporary)
    {
        try
        {
            var lines = File.ReadAllLines($"/proc/{process}/status");
            File.WriteAllText($"/proc/{process}/clear_refs", ResetPeak);
            return new ProcessFigures(
                step, 1024 * Number(lines, "VmHWM:"), (int)Number(lines, "Threads:"),
                Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
                Directory.EnumerateFileSystemEntries(temporary, "*", SearchOption.AllDirectories).Count());
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string[] lines, string key) => long.Parse(
        lines.First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
