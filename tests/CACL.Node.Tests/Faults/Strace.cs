using System.ComponentModel;
using System.Diagnostics;
using CACL.Node.Tests.EndToEnd;

namespace CACL.Node.Tests.Faults;

/// <summary>
/// Starts the program under strace, which makes system calls fail, kills the program at one, or records them: real faults, with nothing of
/// the program replaced.
/// </summary>
internal static class Strace
{
    /// <summary>How long the program may take under strace on a machine with other work.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private static readonly Lazy<string?> WhyNot = new(() =>
    {
        try
        {
            var start = new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "true"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace may not trace here (in a container: --cap-add SYS_PTRACE): {error}";
        }
        catch (Win32Exception)
        {
            return "There is no strace (apt install strace).";
        }
    });

    /// <summary>Skips the test if strace is missing or may not trace.</summary>
    public static void Require() => Assert.SkipUnless(WhyNot.Value is null, WhyNot.Value ?? "");

    /// <summary>Starts the program.</summary>
    /// <param name="log">File for the calls that are traced.</param>
    /// <param name="options">What is traced, and what happens to it.</param>
    /// <param name="arguments">The program's arguments.</param>
    public static CaclProcess Start(string log, IReadOnlyList<string> options, params string[] arguments) =>
        CaclProcess.StartThrough(["strace", "-f", "-y", "-o", log, .. options], arguments);
}
