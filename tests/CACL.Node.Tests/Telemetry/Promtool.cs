using System.Diagnostics;

namespace CACL.Node.Tests.Telemetry;

/// <summary>Prometheus's own checker (Debian: prometheus).</summary>
internal static class Promtool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly string? Program =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, "promtool"))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs it; the test is skipped, and says so, where there is none, and fails where it finds a fault.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="arguments">Its arguments.</param>
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
