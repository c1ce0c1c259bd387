using CACL.Data.Decoding.InProcess;
using CACL.Testing;

namespace CACL.Data.Tests.Decoding.InProcess;

/// <summary>Every file's frames are counted and some of its pairs compared; of a real clip fewer. CACL_LONG_TESTS=1: as many.</summary>
public sealed class InProcessExactnessTests
{
    private const int Stride = 8;
    private static readonly bool Long = Environment.GetEnvironmentVariable("CACL_LONG_TESTS") == "1";

    [Fact]
    public void Every_decodable_torture_file_gives_the_frames_of_a_sequential_decode() =>
        AssertExact([.. TortureFile.All().Where(file => file.Frames is not null).Select(file => file.Path)], int.MaxValue);

    [Fact]
    public void Every_real_clip_gives_the_frames_of_a_sequential_decode() =>
        AssertExact(
            [.. Directory.EnumerateFiles(Workspace.Shared("data", "videos"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)],
            Long ? int.MaxValue : 4);

    private static void AssertExact(IReadOnlyList<string> paths, int pairs)
    {
        var libraries = InstalledFfmpeg.Libraries;
        SequentialReference.Require();
        var faults = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.ForEach(paths, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken }, path =>
        {
            using var prober = new InProcessProber(libraries);
            using var decoder = new InProcessPairDecoder(libraries);
            var record = prober.Probe(path, ExactnessCheck.Patience, TestContext.Current.CancellationToken);
            foreach (var fault in ExactnessCheck.Faults(decoder, record, Stride, pairs)) faults.Add($"{path}: {fault}");
        });
        Assert.True(faults.IsEmpty, string.Join('\n', faults));
    }
}
