using System.Security.Cryptography;
using CACL.Data.Catalog;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Catalog;

/// <summary>Files that two machines have, each under a path of its own: here two folders.</summary>
public sealed class SharedFoldersTests : IDisposable
{
    private readonly TemporaryFolder _here = new();
    private readonly TemporaryFolder _there = new();

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public void A_file_with_the_same_time_is_found_without_being_read()
    {
        var (file, copy) = Make("class a/clip.mp4", "content", "CONTENT"); // read, the contents would differ
        var described = Here().Describe(file)!;
        Assert.Equal(("class a/clip.mp4", 7), (described.Path, described.Size));
        Assert.Equal(new FileHere(copy, null), There().Find(described));
    }

    [Fact]
    public void A_copy_with_another_time_is_found_with_its_hash_which_tells_whether_it_is_the_same()
    {
        var (file, copy) = Make("clip.mp4", "content", "content");
        File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch);
        var found = There().Find(Here().Describe(file)!)!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("content"u8)), found.Hash);
        Assert.True(Here().IsContent(file, found.Hash!));
        File.WriteAllText(copy, "CONTENT");
        File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch.AddDays(1));
        Assert.False(Here().IsContent(file, There().Find(Here().Describe(file)!)!.Hash!));
    }

    [Fact]
    public void A_hash_is_made_anew_when_the_file_has_changed()
    {
        var (file, _) = Make("clip.mp4", "content", "content");
        var here = Here();
        Assert.True(here.IsContent(file, Convert.ToHexString(SHA256.HashData("content"u8))));
        File.WriteAllText(file, "another");
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.True(here.IsContent(file, Convert.ToHexString(SHA256.HashData("another"u8))));
    }

    [Fact]
    public void A_file_of_another_size_or_that_is_not_there_is_not_found()
    {
        var (file, copy) = Make("clip.mp4", "content", "longer content");
        Assert.Null(There().Find(Here().Describe(file)!));
        File.Delete(copy);
        Assert.Null(There().Find(Here().Describe(file)!));
    }

    [Fact]
    public void What_lies_in_none_of_the_folders_is_not_described_and_nothing_outside_them_is_found()
    {
        var (file, _) = Make("clip.mp4", "content", "content");
        Assert.Null(There().Describe(file));
        Assert.Null(Here().Describe(_here.File("gone.mp4")));
        var described = Here().Describe(file)!;
        string[] outside = [file, $"../{Path.GetFileName(_here.Path)}/clip.mp4", "x/../../etc/passwd", "", ".", "clip.mp4\0"];
        Each.Holds(outside, path => Assert.Null(There().Find(described with { Path = path })));
    }

    [Fact]
    public void The_folders_are_tried_in_order_and_the_innermost_names_the_file()
    {
        var (file, copy) = Make("prepared/clip.mp4", "content", "content");
        var both = new SharedFolders([_here.Path, _here.File("prepared")]);
        Assert.Equal("clip.mp4", both.Describe(file)!.Path);
        var there = new SharedFolders([_there.Path, _there.File("prepared")]);
        Assert.Equal(copy, there.Find(both.Describe(file)!)!.Path);
    }

    [Fact]
    public void A_packed_record_is_the_same_under_its_new_path() => Gen.Select(
        Gen.Long.Array[2, 40], Gen.Int[1, 3], Gen.Int[0, 7], Gen.Bool).Sample((times, stream, tag, seekable) =>
    {
        var video = new VideoRecord(
            "/a.mp4", stream, "h264", 640, 480, DisplayOrientation.OfExif(tag), 2, CountedBy.Decoding,
            new FrameIndex(1, 25, times, [0, times.Length - 1], seekable));
        var read = PackedVideo.Of(video).Unpack("/b.mp4");
        Assert.Equal(video with { Path = "/b.mp4", Frames = read.Frames }, read);
        Assert.Equal(times, read.Frames.Times);
        Assert.Equal(video.Frames.KeyFrames, read.Frames.KeyFrames);
        Assert.Equal(
            (video.Frames.TimeBaseNumerator, video.Frames.TimeBaseDenominator, video.Frames.Seekable),
            (read.Frames.TimeBaseNumerator, read.Frames.TimeBaseDenominator, read.Frames.Seekable));
    });

    private SharedFolders Here() => new([_here.Path]);

    private SharedFolders There() => new([_there.Path]);

    private (string Here, string There) Make(string name, string here, string there)
    {
        var paths = (Here: Path.Combine(_here.Path, name), There: Path.Combine(_there.Path, name));
        foreach (var (path, content) in new[] { (paths.Here, here), (paths.There, there) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(50));
        }

        return paths;
    }
}
