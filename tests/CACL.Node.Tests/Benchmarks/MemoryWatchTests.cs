using CACL.Benchmarks.Suite;
using CACL.Data.Processes;
using CACL.Testing;

namespace CACL.Node.Tests.Benchmarks;

public sealed class MemoryWatchTests
{
    private const string Waits = "echo ready; read line; true";

    [Fact]
    public void What_a_process_has_started_is_counted_with_it()
    {
        using var alone = Started(Waits);
        using var parent = Started($"sh -c '{Waits}'; true");
        using var one = new MemoryWatch(alone.Id, TimeSpan.FromMilliseconds(5));
        using var two = new MemoryWatch(parent.Id, TimeSpan.FromMilliseconds(5));
        Eventually.Holds(() => Own(alone.Id) is > 0 and var own && one.PeakMib == own);
        Eventually.Holds(() => two.PeakMib > Own(parent.Id));
    }

    // Until it has said so, it may still be a copy of this process.
    private static ChildProcess Started(string script)
    {
        var child = new ChildProcess(new ChildStartInfo("sh", ["-c", script]) { KeepsInputOpen = true }, CancellationToken.None);
        Assert.Equal("ready", child.Lines.ReadLine());
        return child;
    }

    private static double Own(int process) => double.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:"))[6..].Replace("kB", "")) / 1024;
}
