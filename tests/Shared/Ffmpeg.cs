namespace CACL.Testing;

/// <summary>
/// Whether this machine has ffmpeg, found out without the code under test: an ffmpeg that is there and that the code does not take is
/// a fault, and no reason to skip what would have shown it.
/// </summary>
internal static class Ffmpeg
{
    /// <summary>Releases of libavformat that the code knows: ffmpeg 4 to 7.</summary>
    private static readonly int[] Known = [58, 59, 60, 61];

    private static readonly string[] LibraryFolders =
        ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib", "/usr/local/lib"];

    /// <summary>Skips the test where there is no ffmpeg program; fails it where there is one that was not found.</summary>
    /// <param name="found">What the code under test found.</param>
    /// <param name="whyNot">What it says about that.</param>
    public static void RequireProgram(bool found, string whyNot) =>
        Require(found, whyNot, OnPath("ffmpeg") && OnPath("ffprobe"));

    /// <summary>The same for ffmpeg's libraries, of a release that the code knows.</summary>
    /// <param name="loaded">Whether the code under test could load them.</param>
    /// <param name="whyNot">What it says about that.</param>
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
