using System.Text.Json;
using CACL.Data.Files;

namespace CACL.Node.Explain;

/// <summary>
/// The log of a run that an earlier version began, which wrote no run.json: what it said there on its machine is read from its lines.
/// </summary>
internal static class OlderRunLog
{
    /// <summary>How many threads the run's newest start computed with, or null.</summary>
    public static int? Threads(string folder)
    {
        try
        {
            int? found = null;
            foreach (
                var file in Directory.EnumerateFiles(folder, "train*.log").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal))
            {
                foreach (var line in RegularFile.ReadLines(file))
                {
                    if (line.Contains("\"Threads\":", StringComparison.Ordinal)) found = ThreadsIn(line) ?? found;
                }
            }

            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int? ThreadsIn(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            // An evaluation beside the training says "1 thread" under the same name.
            return entry.RootElement.TryGetProperty("Threads", out var value) && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt32(out var threads) && threads > 0
                ? threads
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
