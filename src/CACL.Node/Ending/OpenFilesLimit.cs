using System.Globalization;
using CACL.Data.Files;

namespace CACL.Node.Ending;

/// <summary>
/// The limit on open descriptors. The runtime keeps each of its two hundred libraries open, and fails wherever it happens to be when there
/// are no more descriptors, even while it says so.
/// </summary>
internal static class OpenFilesLimit
{
    /// <summary>Descriptors without which no training gets through: it has about 270 open, and HTTP connections come on top.</summary>
    private const long Fewest = 320;

    private const string Line = "Max open files";

    /// <summary>Returns what to say about a limit that is too low, or null. The runtime has raised the limit as far as it may.</summary>
    public static string? Complaint()
    {
        if (!File.Exists("/proc/self/limits")) return null;
        var line = RegularFile.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
        var soft = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) && files < Fewest
            ? $"This program may open {files} files at once, too few for it to work: it needs {Fewest}. Raise the limit (ulimit -n 4096)."
            : null;
    }
}
