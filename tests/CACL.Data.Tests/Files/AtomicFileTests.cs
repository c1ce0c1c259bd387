using CACL.Data.Files;
using CACL.Testing;

namespace CACL.Data.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_written_or_replaced_whole(bool durable)
    {
        AtomicFile.WriteText(File("a"), "first", durable);
        Assert.Equal("first", System.IO.File.ReadAllText(File("a")));
        AtomicFile.WriteText(File("a"), "ü", durable);
        Assert.Equal([0xc3, 0xbc], System.IO.File.ReadAllBytes(File("a")));
        AssertAlone("a");
    }

    [Fact]
    public void Nobody_sees_a_half_of_it()
    {
        System.IO.File.WriteAllText(File("a"), "old");
        AtomicFile.Write(File("a"), stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", System.IO.File.ReadAllText(File("a")));
        });
        Assert.Equal("new", System.IO.File.ReadAllText(File("a")));
    }

    [Fact]
    public void Where_writing_fails_the_old_one_stays_and_nothing_is_left()
    {
        System.IO.File.WriteAllText(File("a"), "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(File("a"), stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }));
        Assert.Equal("old", System.IO.File.ReadAllText(File("a")));
        AssertAlone("a");
    }

    [Fact]
    public void A_file_that_may_not_be_replaced_is_not()
    {
        AtomicFile.Write(File("a"), stream => stream.Write("first"u8), overwrite: false);
        Assert.Throws<IOException>(() => AtomicFile.Write(File("a"), stream => stream.Write("second"u8), overwrite: false));
        Assert.Equal("first", System.IO.File.ReadAllText(File("a")));
        AssertAlone("a");
    }

    [Fact]
    public void Another_program_may_write_it()
    {
        using (var file = new AtomicFile(File("clip.mp4")))
        {
            System.IO.File.WriteAllText(file.TemporaryPath, "a clip");
            Assert.Equal(_folder.Path, Path.GetDirectoryName(file.TemporaryPath));
            file.Commit();
        }

        using (var given = new AtomicFile(File("given-up.mp4"))) System.IO.File.WriteAllText(given.TemporaryPath, "half a clip");
        AssertAlone("clip.mp4");
    }

    [Fact]
    public void What_a_killed_process_left_is_known_by_its_name()
    {
        var killed = new AtomicFile(File("a"));
        System.IO.File.WriteAllText(killed.TemporaryPath, "half");
        System.IO.File.WriteAllText(File("b"), "mine");
        AtomicFile.RemoveLeftovers(_folder.Path);
        AssertAlone("b");
    }

    private string File(string name) => _folder.File(name);

    private void AssertAlone(string name) => Assert.Equal([File(name)], Directory.GetFileSystemEntries(_folder.Path));
}
