using System.Globalization;
using System.Runtime.CompilerServices;
using CACL.Learning.Runtime;
using CACL.Learning.Verification;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.Settings;
using TorchSharp;

namespace CACL.Node.Verification;

/// <summary>Handles <c>cacl verify</c>: recomputes golden files, and reports line by line.</summary>
internal static class VerifyHandler
{
    /// <summary>Verifies a folder.</summary>
    /// <param name="directory">The folder of golden files.</param>
    /// <param name="device">auto, cpu, cuda or cuda:N.</param>
    /// <param name="precision">The precision; null: the one that a training on the device would choose.</param>
    /// <param name="settings">libtorch's folder and the number of threads.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code: failure if any line fails.</returns>
    public static int Run(string directory, string device, Precision? precision, TrainingSettings settings, TextWriter output)
    {
        if (!Directory.Exists(directory))
            throw new UserException($"There is no folder {directory}. Name the folder of golden files with --golden.");
        var name = DeviceChoice.Resolve(device, settings.LibTorch);
        var chosen = PrecisionChoice.Resolve(precision, "--precision", name, settings.AllowSlowBf16);
        var threads = TorchThreads.Use(settings.Threads);
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{"file",-28} {"case",-13} {"quantity",-50} {"worst error",11} {"tolerance",11}"));
        return Tell(Lines(directory, name, chosen), $"on {name} in {chosen.Word()} with {threads} threads", output);
    }

    /// <summary>Writes each result as it comes, and how many passed.</summary>
    internal static int Tell(IEnumerable<GoldenResult> lines, string where, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        foreach (var line in lines)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.File,-28} {line.Case,-13} {line.Quantity,-50} {line.WorstError,11:0.00E+0} {line.Tolerance,11:0.00E+0}  "
                    + $"{(line.Passed ? "pass" : "FAIL")}{(line.Note is { } note ? $"  {note}" : "")}"));
            if (line.Passed) passed++;
            else failed++;
        }

        output.WriteLine($"{passed} of {passed + failed} quantities pass {where}.");
        return failed == 0 && passed > 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<GoldenResult> Lines(string directory, string device, Precision precision) =>
        GoldenVerifier.Verify(directory, torch.device(device), precision);
}
