using CACL.Node.Devices;
using CACL.Testing;

namespace CACL.Node.Tests.Devices;

/// <summary>Tests what is read of control groups, in folders that look like theirs.</summary>
public sealed class MemoryLimitTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_least_limit_of_the_group_and_those_around_it_holds()
    {
        Write("proc/self/cgroup", "0::/user/session\n");
        Write("sys/fs/cgroup/memory.max", "max\n");
        Write("sys/fs/cgroup/user/memory.max", "1000000\n");
        Write("sys/fs/cgroup/user/memory.current", "900000\n");
        Write("sys/fs/cgroup/user/memory.stat", "anon 400000\ninactive_file 300000\nactive_file 50000\n");
        Write("sys/fs/cgroup/user/session/memory.max", "2000000\n");
        var limit = new MemoryLimit(_files.Path);
        Assert.Equal((1_000_000, 550_000), (limit.Bytes, limit.Used));
        Write("sys/fs/cgroup/user/memory.max", "700000\n"); // changed from outside
        Assert.Equal(700_000, limit.Bytes);
    }

    [Fact]
    public void Version_1_is_read_in_the_path_and_where_a_container_sees_its_own_group_as_the_root()
    {
        Write("proc/self/cgroup", "5:devices:/\n4:memory:/docker/abc\n0::/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "500000000\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "300000000\n");
        Write("sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_inactive_file 100000000\ntotal_active_file 1\n");
        var limit = new MemoryLimit(_files.Path);
        Assert.Equal((500_000_000, 199_999_999), (limit.Bytes, limit.Used));
    }

    [Theory]
    [InlineData("9223372036854771712")]
    [InlineData("max")]
    [InlineData("")]
    [InlineData("-1")]
    public void What_is_no_limit_is_none(string text)
    {
        Write("proc/self/cgroup", "4:memory:/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", $"{text}\n");
        var limit = new MemoryLimit(_files.Path);
        Assert.Null(limit.Bytes);
        Assert.Null(limit.Used);
        Assert.Null(new MemoryLimit(_files.File("nothing")).Bytes);
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_files.File(file))!);
        File.WriteAllText(_files.File(file), text);
    }
}
