using CACL.Learning.Runtime;
using CACL.Testing;

namespace CACL.Learning.Tests.Runtime;

public sealed class LibTorchVersionTests
{
    [Fact]
    public void What_the_packages_bring_fits_and_says_its_version_itself()
    {
        var loaded = LibTorchLoader.Load();
        Assert.True(LibTorchVersion.Fits(loaded.Version));
        Assert.Equal(loaded.Version, LibTorchVersion.Of(Path.Combine(loaded.Folder, "libtorch_cpu.so")));
    }

    [Theory]
    [InlineData("2.10.0", true)]
    [InlineData("2.10.1", true)]
    [InlineData("2.9.1", false)]
    [InlineData("2.11.0", true)]
    [InlineData("3.10.0", false)]
    public void Older_and_other_major_versions_do_not_fit(string version, bool fits) =>
        Assert.Equal(fits, LibTorchVersion.Fits(Version.Parse(version)));

    [Fact]
    public void An_unknown_version_does_not_fit() => Assert.False(LibTorchVersion.Fits(null));

    [Theory]
    [InlineData("version.py", "from typing import Optional\n\n__version__ = '2.4.1+cu121'\ncuda = '12.1'\n", "2.4.1")]
    [InlineData("version.py", "__version__ = '1.13.0a0+gitunknown'\n", "1.13.0")]
    [InlineData("build-version", "2.3.0+cpu\n", "2.3.0")]
    [InlineData("build-version", "unknown\n", null)]
    [InlineData("README", "2.3.0\n", null)]
    public void The_files_of_an_installation_tell_its_version(string file, string text, string? version)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("lib"));
        File.WriteAllText(folder.File("lib", "libtorch_cpu.so"), "");
        File.WriteAllText(folder.File(file), text);
        Assert.Equal(version, LibTorchVersion.FromFiles(folder.File("lib", "libtorch_cpu.so"))?.ToString());
    }

    [Fact]
    public void A_link_to_a_library_with_a_version_in_its_name_tells_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("libtorch_cpu.so.1.13.0"), "");
        File.CreateSymbolicLink(folder.File("libtorch_cpu.so"), "libtorch_cpu.so.1.13.0");
        Assert.Equal(new Version(1, 13, 0), LibTorchVersion.FromFiles(folder.File("libtorch_cpu.so")));
    }
}
