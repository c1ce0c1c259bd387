using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Node.Explain;

/// <summary>Reads from a run's log how many threads it used: if its settings do not say, as many as its machine had cores.</summary>
internal static class RunThreads
{
    /// <summary>Returns the number for the run's newest start, or null.</summary>
    public static int? Of(string folder)
    {
        try
        {
            int? found = null;
            foreach (
                var file in Directory.EnumerateFiles(folder, "train*.log").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal))
            {
                foreach (var line in RegularFile.ReadLines(file))
                {
                    if (line.Contains("\"Threads\":", StringComparison.Ordinal)) found = Threads(line) ?? found;
                }
            }

            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int? Threads(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            return entry.RootElement.TryGetProperty("Threads", out var value) && value.TryGetInt32(out var threads) && threads > 0
                ? threads
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
