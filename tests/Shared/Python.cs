using System.Diagnostics;

namespace CACL.Testing;

/// <summary>Runs Python with PyTorch and torchvision (Debian: python3-torch, python3-torchvision), which some tests compare with.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static readonly Lazy<string?> Lack = new(() =>
    {
        if (!File.Exists(Program)) return $"There is no {Program} (Debian, Ubuntu: apt-get install python3).";
        var (exit, output) = Start("import torch, torchvision", []);
        const string Remedy = "Debian, Ubuntu: apt-get install python3-torch python3-torchvision";
        return exit == 0 ? null : $"{Program} has no PyTorch or no torchvision ({Remedy}): {output.Trim().Split('\n')[^1]}";
    });

    /// <summary>
    /// Runs a script and returns its output. The test is skipped with a reason if there is no such Python; it fails if the script fails.
    /// </summary>
    public static string Run(string script, params string[] arguments)
    {
        Assert.SkipWhen(Lack.Value is not null, Lack.Value ?? "");
        var (exit, output) = Start(script, arguments);
        Assert.True(exit == 0, output);
        return output;
    }

    /// <summary>Does the same for a script that needs nothing but Python.</summary>
    public static string RunPlain(string script, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no {Program} (Debian, Ubuntu: apt-get install python3).");
        var (exit, output) = Start(script, arguments);
        Assert.True(exit == 0, output);
        return output;
    }

    private static (int Exit, string Output) Start(string script, string[] arguments)
    {
        var start = new ProcessStartInfo(Program, ["-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // another test runs beside this one
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Deadline))
        {
            process.Kill();
            Assert.Fail($"Python did not end within {Deadline}.");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
