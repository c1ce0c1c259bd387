using CACL.Node.Explain;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.Explain;

/// <summary>Tests where the number of threads of a step comes from.</summary>
public sealed class RunThreadsTests : IDisposable
{
    private const int SettingsSayNothing = 0;
    private readonly TemporaryFolder _run = new();

    public RunThreadsTests() => File.WriteAllLines(
        _run.File("train.log"),
        [
            "{\"@mt\":\"libtorch\",\"Threads\":5}",
            "{\"Threads\":\"cut off",
            "{\"@mt\":\"libtorch\",\"Threads\":7}",
            "{\"@mt\":\"Evaluations run in a process of their own\",\"Threads\":\"1 thread\"}",
        ]);

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Run_json_tells_it_of_each_step_whatever_the_log_says()
    {
        var facts = new RunFacts("", [Start(firstStep: 1, threads: 2), Start(firstStep: 6, threads: 3)]);
        var threads = new RunThreads(_run.Path, facts, own: 3, asked: 3);
        Assert.Equal([2, 2, 3, 3], new long[] { 1, 5, 6, 100 }.Select(threads.Of));
    }

    [Fact]
    public void Where_an_earlier_version_wrote_the_folder_its_settings_tell_it_or_the_newest_start_in_its_log()
    {
        Assert.Equal(7, new RunThreads(_run.Path, facts: null, SettingsSayNothing, asked: 0).Of(1));
        Assert.Equal(4, new RunThreads(_run.Path, facts: null, own: 4, asked: 4).Of(1));
        // A later version resumed such a run.
        var facts = new RunFacts("", [Start(firstStep: 6, threads: 3)]);
        var threads = new RunThreads(_run.Path, facts, SettingsSayNothing, asked: 0);
        Assert.Equal((7, 3), (threads.Of(5), threads.Of(6)));
        File.Delete(_run.File("train.log"));
        Assert.Equal(0, new RunThreads(_run.Path, facts: null, SettingsSayNothing, asked: 0).Of(1));
    }

    [Fact]
    public void Another_number_that_is_asked_for_now_counts() =>
        Assert.Equal(8, new RunThreads(_run.Path, new RunFacts("", [Start(firstStep: 1, threads: 2)]), own: 2, asked: 8).Of(1));

    private static StartFacts Start(long firstStep, int threads) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        FirstStep = firstStep,
        Version = "0.1.0",
        Threads = threads,
        InteropThreads = 1,
        DeviceSetting = "auto",
        Device = "cpu",
        Precision = "float32",
        Decoders = 1,
        Decoder = "in-process",
    };
}
