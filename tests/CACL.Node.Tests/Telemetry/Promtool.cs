using System.Diagnostics;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Runs Prometheus's own checker (Debian: prometheus).</summary>
internal static class Promtool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly string? Program =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, "promtool"))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs promtool; the test is skipped with a reason if it is missing, and fails if it reports a fault.</summary>
    /// <param name="folder">Working directory.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="arguments">Arguments.</param>
    public static void Check(string folder, string input, params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "There is no promtool (Debian, Ubuntu: apt-get install prometheus).");
        var start = new ProcessStartInfo(Program!, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill();
            Assert.Fail($"promtool did not end within {Deadline}.");
        }

        Assert.True(process.ExitCode == 0, output.Result + error.Result);
    }
}
