using System.Globalization;

namespace CACL.Node.Programs;

/// <summary>
/// The names under which .NET offers every process of its to debuggers and tracers: a socket and two pipes in the folder for temporary
/// files. A killed process leaves them, a hundred killed ones leave hundreds. So this one gives its names up;
/// DOTNET_EnableDiagnostics=1 keeps them, for dotnet-trace and the like.
/// </summary>
internal static class DiagnosticFiles
{
    private const string Switch = "DOTNET_EnableDiagnostics";

    /// <summary>Removes those of this process.</summary>
    public static void GiveUp()
    {
        if (Environment.GetEnvironmentVariable(Switch) is not null) return;
        var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        try
        {
            foreach (var pattern in new[] { $"dotnet-diagnostic-{id}-*-socket", $"clr-debug-pipe-{id}-*-in", $"clr-debug-pipe-{id}-*-out" })
            {
                foreach (var path in Directory.EnumerateFiles(Path.GetTempPath(), pattern)) File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then they stay; nothing depends on it.
        }
    }
}
