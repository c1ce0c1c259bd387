using CACL.Data.Decoding.InProcess;
using CACL.Data.Sampling;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

[CollectionDefinition(nameof(InProcessMemoryTests), DisableParallelization = true)]
[Collection(nameof(InProcessMemoryTests))] // runs alone, since it measures the whole process's memory
public sealed class InProcessMemoryTests
{
    private static readonly int Requests = LongTests.Wanted ? 2500 : 1200;

    [Fact]
    public void Thousands_of_decodes_leave_resident_memory_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var libraries = InstalledFfmpeg.Libraries;
        var path = SmallClips.BFrames(folder.File("clip.mp4"));
        using var prober = new InProcessProber(libraries);
        using var decoder = new InProcessPairDecoder(libraries);
        var record = prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
        const int Size = 64;
        var (first, second) = (new byte[Size * Size * 3], new byte[Size * Size * 3]);
        Serve(300);
        var before = ResidentMib();
        Serve(Requests);
        var after = ResidentMib();

        // Leaking a demuxer or decoder in each request would take more than 100 MiB by now, leaking a single frame in each 70; in the fast
        // test, more than 48 and 33.
        Assert.True(after - before < (LongTests.Wanted ? 40 : 30), $"Resident memory went from {before:0} to {after:0} MiB.");

        void Serve(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                if (i % 20 == 0) prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
                var box = new CropBox(i % 30, i % 20, 100 + i % 30, 90 + i % 10);
                decoder.Decode(
                    record, CropPlan.Of(i % 60, 8, box), Size, ExactnessCheck.Patience, first, second,
                    TestContext.Current.CancellationToken);
            }
        }
    }

    private static double ResidentMib()
    {
        GC.Collect();
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1048576.0;
    }
}
