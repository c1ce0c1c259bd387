using System.Diagnostics;
using CACL.Testing;

namespace CACL.Data.Tests.Preparation;

/// <summary>What the installed ffprobe says.</summary>
internal static class FfprobeOutput
{
    public static string Of(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffprobe", ["-v", "error", .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        Assert.True(process.WaitForExit(Eventually.Patience), "ffprobe did not end.");
        return output.Result.Trim();
    }
}
