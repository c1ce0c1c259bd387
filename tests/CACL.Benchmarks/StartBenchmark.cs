using System.Diagnostics;
using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Node.RunInputs;

namespace CACL.Benchmarks;

/// <summary>
/// Measures what a training does with a catalogue before its first step, part by part, in seconds and resident memory: a new training, or
/// with --resume 1 one that goes on in a folder in which another began. The videos' files need not exist.
/// </summary>
internal static class StartBenchmark
{
    private const int Stride = 8;

    public static int Run(string file, Options options)
    {
        var (folder, run) = (options["folder", CatalogBenchmark.Folder], options["run", Path.GetTempPath()]);
        if (options["make-folder", 0] == 1) Directory.CreateDirectory(folder);
        var parts = new Dictionary<string, object>();
        var (whole, resume) = (Stopwatch.StartNew(), options["resume", 0] == 1);
        var catalog = Part("open", () => VideoCatalog.OpenExisting(file));
        using var _ = catalog;
        var roots = new VideoRoots([folder]);
        TrainingVideos videos;
        if (resume)
        {
            videos = Part("find", () => TrainingVideos.Find(run, catalog, roots, Stride, identity: null))
                ?? throw new InvalidOperationException("The catalogue does not hold the videos of the folder's run.");
        }
        else
        {
            Part("outdated", () => catalog.CountOutdated(roots));
            if (!Part("scanned", () => catalog.IsScanned(roots))) throw new InvalidOperationException($"{folder} is not scanned.");
            videos = Part("load", () => TrainingVideos.Load(catalog, roots, Stride));
        }

        videos = videos with { Prepared = Part("prepared", () => PreparedFiles.Of(catalog, videos.Usable, _ => { })) };
        Part("identity", () => videos.Identity);
        Part("write", () =>
        {
            RunVideosFile.Write(run, catalog, videos.Usable);
            return 0;
        });
        var planner = Part("planner", () => new SamplePlanner(new SamplingOptions { Seed = 1, Stride = Stride }, videos.Usable));
        Part("first plan", () => planner.Plan(0, 0, 0));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = resume ? "start resumed" : "start",
            videos = videos.Usable.Length,
            unusable = videos.Unusable.Count,
            seconds = whole.Elapsed.TotalSeconds,
            peak_mib = ProcessMemory.PeakMib(),
            kept_mib = GC.GetTotalMemory(forceFullCollection: true) / 1048576.0,
            parts,
        }));
        GC.KeepAlive(planner);
        GC.KeepAlive(videos);
        return 0;

        T Part<T>(string name, Func<T> part)
        {
            var clock = Stopwatch.StartNew();
            var result = part();
            parts[name] = new { seconds = Math.Round(clock.Elapsed.TotalSeconds, 3), peak_mib = Math.Round(ProcessMemory.PeakMib()) };
            return result;
        }
    }
}
