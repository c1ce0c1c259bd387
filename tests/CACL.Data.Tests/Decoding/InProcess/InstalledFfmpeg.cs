using CACL.Data.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

internal static class InstalledFfmpeg
{
    /// <summary>ffmpeg's libraries; if they are missing, the test is skipped and says why.</summary>
    public static FfmpegLibraries Libraries
    {
        get
        {
            var loaded = FfmpegLibraries.TryLoad(out var libraries, out var whyNot);
            Ffmpeg.RequireLibraries(loaded, whyNot);
            return libraries!;
        }
    }
}
