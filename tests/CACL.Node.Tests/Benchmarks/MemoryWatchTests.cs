using CACL.Benchmarks.Suite;
using CACL.Data.Processes;
using CACL.Testing;

namespace CACL.Node.Tests.Benchmarks;

public sealed class MemoryWatchTests
{
    [Fact]
    public void What_a_process_has_started_is_counted_with_it()
    {
        var look = TimeSpan.FromMilliseconds(5);
        using var alone = new ChildProcess(new ChildStartInfo("sh", ["-c", "read line"]) { KeepsInputOpen = true }, CancellationToken.None);
        using var parent = new ChildProcess(
            new ChildStartInfo("sh", ["-c", "sh -c 'read line; true'; true"]) { KeepsInputOpen = true }, CancellationToken.None);
        using var one = new MemoryWatch(alone.Id, look);
        using var two = new MemoryWatch(parent.Id, look);
        Eventually.Holds(() => one.PeakMib > 0 && two.PeakMib > Own(parent.Id));
        Assert.Equal(Own(alone.Id), one.PeakMib);
    }

    private static double Own(int process) => double.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:"))[6..].Replace("kB", "")) / 1024;
}
