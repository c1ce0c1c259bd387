using CACL.Learning.Runtime;
using CACL.Testing;

namespace CACL.Learning.Tests.Runtime;

public sealed class TorchSharpLibraryTests
{
    private static string Original => Path.Combine((string)AppContext.GetData("CACL.TorchSharpNative")!, TorchSharpLibrary.FileName);

    [Fact]
    public void The_copy_asks_weakly_for_the_one_version_and_differs_in_one_byte()
    {
        using var folder = new TemporaryFolder();
        var before = File.ReadAllBytes(Original);
        var copy = File.ReadAllBytes(TorchSharpLibrary.WeakenedCopy(Original, folder.Path));

        Assert.True(new ElfVersionNeeds(copy).IsWeak(TorchSharpLibrary.MissingVersion));
        Assert.Equal(1, before.Zip(copy).Count(pair => pair.First != pair.Second));
        Assert.Equal(before, File.ReadAllBytes(Original));
    }

    [Fact]
    public void The_copy_loads()
    {
        using var folder = new TemporaryFolder();
        LibTorchLoader.Load();
        Assert.Null(DynamicLoader.TryLoad(TorchSharpLibrary.WeakenedCopy(Original, folder.Path)));
    }

    [Fact]
    public void A_second_copy_is_the_first_one_and_a_damaged_one_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = TorchSharpLibrary.WeakenedCopy(Original, folder.Path);
        var good = File.ReadAllBytes(path);
        var written = File.GetLastWriteTimeUtc(path);
        Assert.Equal(path, TorchSharpLibrary.WeakenedCopy(Original, folder.Path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));

        File.WriteAllText(path, "damaged");
        Assert.Equal(path, TorchSharpLibrary.WeakenedCopy(Original, folder.Path));
        Assert.Equal(good, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Where_the_cache_cannot_be_written_the_copy_goes_to_a_temporary_folder()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cache"), "a file where the folder should be");
        var path = TorchSharpLibrary.WeakenedCopy(Original, folder.File("cache"));
        Assert.True(new ElfVersionNeeds(File.ReadAllBytes(path)).IsWeak(TorchSharpLibrary.MissingVersion));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new ElfVersionNeeds("#!/bin/sh\n"u8.ToArray()));

    [Fact]
    public void A_library_cut_short_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new ElfVersionNeeds(File.ReadAllBytes(Original)[..5000]).Names);
}
