using System.Diagnostics;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>What the installed ffprobe says.</summary>
internal static class FfprobeOutput
{
    public static string Of(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffprobe", ["-v", "error", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        Assert.True(process.WaitForExit(Eventually.Patience), "ffprobe did not end.");
        return output.Result.Trim();
    }
}
