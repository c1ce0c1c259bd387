namespace CACL.Testing;

/// <summary>
/// Finds out whether this machine has ffmpeg, without the code under test: if ffmpeg is installed and the code does not find it, that is a
/// failure and no reason to skip a test.
/// </summary>
internal static class Ffmpeg
{
    /// <summary>Versions of libavformat that the code knows: ffmpeg 4 to 7.</summary>
    private static readonly int[] Known = [58, 59, 60, 61];

    private static readonly string[] LibraryFolders =
        ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib", "/usr/local/lib"];

    /// <summary>Skips the test if there is no ffmpeg program; fails it if there is one that the code did not find.</summary>
    /// <param name="found">What the code under test found.</param>
    /// <param name="whyNot">What the code under test says about that.</param>
    public static void RequireProgram(bool found, string whyNot) =>
        Require(found, whyNot, OnPath("ffmpeg") && OnPath("ffprobe"));

    /// <summary>Does the same for ffmpeg's libraries, in versions that the code knows.</summary>
    /// <param name="loaded">Whether the code under test could load them.</param>
    /// <param name="whyNot">What the code under test says about that.</param>
    public static void RequireLibraries(bool loaded, string whyNot) => Require(
        loaded, whyNot, Known.Any(release => LibraryFolders.Any(folder => File.Exists(Path.Combine(folder, $"libavformat.so.{release}")))));

    private static void Require(bool found, string whyNot, bool there)
    {
        if (found) return;
        Assert.False(there, $"It is there, and is not found: {whyNot}");
        Assert.Skip(whyNot);
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
