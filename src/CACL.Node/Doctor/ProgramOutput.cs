using System.ComponentModel;
using System.Diagnostics;

namespace CACL.Node.Doctor;

/// <summary>What another program prints.</summary>
internal static class ProgramOutput
{
    /// <summary>The lines a program writes to standard output; null where it is missing, fails or does not end in time.</summary>
    public static IReadOnlyList<string>? FirstLines(string program, TimeSpan deadline, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start);
            if (process is null) return null;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(deadline))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 && output.Wait(deadline) ? output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
