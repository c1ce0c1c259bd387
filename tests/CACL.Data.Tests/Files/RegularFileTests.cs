using System.Net.Sockets;
using CACL.Data.Files;
using CACL.Testing;
using CsCheck;

namespace CACL.Data.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Openers => [.. All.Keys];

    private static Dictionary<string, Action<string>> All { get; } = new()
    {
        ["handle"] = path => RegularFile.OpenHandle(path).Dispose(),
        ["stream"] = path => RegularFile.OpenRead(path).Dispose(),
        ["text"] = path => RegularFile.OpenText(path).Dispose(),
        ["bytes"] = path => RegularFile.ReadAllBytes(path),
        ["lines"] = path => RegularFile.ReadLines(path).Count(),
        ["append"] = path => RegularFile.Open(path, FileMode.Append, FileAccess.Write, FileShare.Read).Dispose(),
        ["lock"] = path => RegularFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose(),
        ["require"] = RegularFile.Require,
        ["replace"] = path => AtomicFile.WriteText(path, "x"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Openers))]
    public async Task What_is_no_file_is_refused_by_name_and_never_waited_for(string opener)
    {
        SpecialFiles.Pipe(_folder.File("pipe"));
        File.CreateSymbolicLink(_folder.File("link"), _folder.File("pipe"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.File("socket")));
        (string Path, string Kind)[] others =
        [
            (_folder.File("pipe"), "a pipe"), (_folder.File("link"), "a pipe"), (_folder.File("socket"), "a socket"),
            ("/dev/null", "a device"), (_folder.Path, "a folder"),
        ];
        foreach (var (path, kind) in others)
        {
            // This has a thread of its own: a call that waits would block the test.
            var cancel = TestContext.Current.CancellationToken;
            var refusal = await Assert.ThrowsAsync<NotARegularFileException>(
                () => Task.Run(() => All[opener](path), cancel).WaitAsync(TimeSpan.FromSeconds(20), cancel));
            Assert.Equal($"{path} is {kind}, not a regular file.", refusal.Message);
        }
    }

    [Fact]
    public void A_file_is_read_as_it_is_also_through_a_link()
    {
        var link = _folder.File("link");
        File.CreateSymbolicLink(link, _folder.File("file"));
        Gen.Byte.Array[0, 20_000].Sample(
            bytes =>
            {
                File.WriteAllBytes(_folder.File("file"), bytes);
                Assert.Equal(bytes, RegularFile.ReadAllBytes(link));
                using var stream = RegularFile.OpenRead(link);
                Assert.Equal((bytes.Length, bytes.Length == 0), ((int)stream.Length, stream.ReadByte() < 0));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Text_is_read_as_the_system_library_reads_it() =>
        Gen.String[Gen.Char["ab\n\r,ü日 "], 0, 200].Sample(
            text =>
            {
                File.WriteAllText(_folder.File("text"), text);
                Assert.Equal(File.ReadAllText(_folder.File("text")), RegularFile.ReadAllText(_folder.File("text")));
                Assert.Equal(File.ReadLines(_folder.File("text")), RegularFile.ReadLines(_folder.File("text")));
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void The_kernels_own_files_are_files_though_they_say_that_they_are_empty() =>
        Assert.Contains("Name:", RegularFile.ReadAllText("/proc/self/status"), StringComparison.Ordinal);

    [Fact]
    public void What_is_missing_or_forbidden_is_told_as_the_system_library_tells_it()
    {
        Assert.Throws<FileNotFoundException>(() => RegularFile.OpenRead(_folder.File("none")));
        Assert.Throws<DirectoryNotFoundException>(() => RegularFile.OpenRead(_folder.File("none", "at", "all")));
        File.WriteAllText(_folder.File("file"), "");
        Assert.Throws<DirectoryNotFoundException>(() => RegularFile.OpenRead(_folder.File("file", "below")));
        Assert.Throws<ArgumentException>(() => RegularFile.OpenRead(_folder.File("file") + "\0more"));
        File.CreateSymbolicLink(_folder.File("circle"), _folder.File("circle"));
        var circle = Assert.Throws<IOException>(() => RegularFile.OpenRead(_folder.File("circle")));
        Assert.Contains("circle", circle.Message, StringComparison.Ordinal);
    }
}
