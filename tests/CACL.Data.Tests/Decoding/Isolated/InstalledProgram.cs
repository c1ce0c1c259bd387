using CACL.Data.Decoding.Isolated;

namespace CACL.Data.Tests.Decoding.Isolated;

internal static class InstalledProgram
{
    /// <summary>The ffmpeg program; if it is missing, the test is skipped and says why.</summary>
    public static FfmpegProgram Ffmpeg
    {
        get
        {
            var found = FfmpegProgram.TryFind(out var program, out var whyNot);
            CACL.Testing.Ffmpeg.RequireProgram(found, whyNot);
            return program!;
        }
    }
}
