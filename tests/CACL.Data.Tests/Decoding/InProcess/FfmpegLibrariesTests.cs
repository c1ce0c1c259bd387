using CACL.Data.Decoding.InProcess;

namespace CACL.Data.Tests.Decoding.InProcess;

public sealed class FfmpegLibrariesTests
{
    [Fact]
    public void The_libraries_are_of_one_release_and_are_loaded_once()
    {
        var libraries = InstalledFfmpeg.Libraries;
        Assert.Same(libraries, InstalledFfmpeg.Libraries);
        Assert.Equal(
            (libraries.Set.Util, libraries.Set.Codec, libraries.Set.Format, libraries.Set.Scale),
            (libraries.UtilVersion.Major, libraries.CodecVersion.Major, libraries.FormatVersion.Major, libraries.ScaleVersion.Major));
        Assert.Contains(libraries.Release, libraries.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_another_release_is_refused()
    {
        var libraries = InstalledFfmpeg.Libraries;
        Assert.Null(LayoutCheck.Fault(libraries.Functions, libraries.Layouts));
        foreach (var other in FfmpegVersionSet.Known.Where(set => set != libraries.Set))
            Assert.NotNull(LayoutCheck.Fault(libraries.Functions, other.Layouts));
    }
}
