using System.Diagnostics;
using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Benchmarks;

/// <summary>
/// Measures a catalogue of Kinetics' size: one verb writes an invented one, the other measures, in a process of its own, what a run does
/// with it at its start: it opens it, reads all usable videos, plans samples and reads their records.
/// </summary>
internal static class CatalogBenchmark
{
    /// <summary>The folder below which the invented videos lie; it need not exist.</summary>
    public const string Folder = "/data/kinetics400/train";

    private const int Stride = 8;
    private const int Batch = 2000;
    private const int Classes = 400;

    public static int Fill(string file, Options options)
    {
        if (File.Exists(file))
        {
            Console.Error.WriteLine($"{file} exists already.");
            return 1;
        }

        var (rows, frames, folder) = (options["rows", 240_000], options["frames", 300], options["folder", Folder]);
        // Only one share of the rows, as of a scan that machines divide; the folder must exist then.
        var shard = options["shards", 0] is > 0 and var shards ? new ScanShard(options["shard", 1], shards) : null;
        var roots = shard is null ? null : new VideoRoots([folder]);
        var clock = Stopwatch.StartNew();
        using (var catalog = VideoCatalog.Open(file))
        {
            if (roots is not null) CatalogShard.Begin(catalog.File, shard, roots);
            for (var from = 0; from < rows; from += Batch)
            {
                var batch = Enumerable.Range(from, Math.Min(Batch, rows - from)).Where(IsIn);
                catalog.UpsertBatch([.. batch.Select(row => Row(folder, row, rows, frames))]);
            }

            if (roots is null) catalog.NoteScanned([folder]);
            else CatalogShard.Finish(catalog.File);
        }

        Report(
            new
            {
                command = "fill-catalog",
                rows,
                frames,
                seconds = clock.Elapsed.TotalSeconds,
                mib = new FileInfo(file).Length / 1048576.0
            });
        return 0;

        bool IsIn(int row) => shard?.Holds(new FoundFile(PathOf(folder, row, rows), default, null), roots!) ?? true;
    }

    /// <summary>Measures what joining the catalogues of all shares takes.</summary>
    public static int Merge(string target, string shards)
    {
        var before = PeakMib();
        var report = CatalogMerge.Merge(target, shards.Split(','));
        Report(new
        {
            command = "merge-catalogs",
            rows = report.Usable + report.Unusable,
            shards = report.Shards,
            seconds = report.Seconds,
            mib = new FileInfo(target).Length / 1048576.0,
            peak_mib_before = before,
            peak_mib = PeakMib(),
        });
        return 0;
    }

    public static int Read(string file, Options options)
    {
        var samples = options["samples", 1000];
        var before = PeakMib();
        var clock = Stopwatch.StartNew();
        using var catalog = VideoCatalog.OpenExisting(file);
        var videos = catalog.LoadUsable(Stride + 1);
        var loaded = clock.Elapsed;
        var planner = new SamplePlanner(new SamplingOptions { Seed = 1, Stride = Stride }, videos);
        var plans = Enumerable.Range(0, Math.Min(samples, planner.Count)).Select(position => planner.Plan(0, position, 0)).ToArray();
        var planned = clock.Elapsed;
        var frames = plans.Sum(plan => (long)catalog.Load(plan.VideoId, checkFile: false).Frames.Count);
        Report(new
        {
            command = "catalog",
            videos = videos.Length,
            open_and_load_s = loaded.TotalSeconds,
            plan_s = (planned - loaded).TotalSeconds,
            records_s = (clock.Elapsed - planned).TotalSeconds,
            samples = plans.Length,
            frames,
            peak_mib_before = before,
            peak_mib = PeakMib(),
        });
        return 0;
    }

    /// <summary>
    /// Returns times of 30 frames a second in whole milliseconds (33, 33, 34, …), so that they do not compress to one run, with a key frame
    /// every 12 to 250.
    /// </summary>
    private static CatalogEntry Row(string folder, int row, int rows, int frames)
    {
        var path = PathOf(folder, row, rows);
        if (row % 50 == 0)
            return CatalogEntry.Unusable(path, 300_000, 638_000_000_000_000_000, UnusableReason.Corrupt, $"{path} is damaged.");
        var times = Enumerable.Range(0, frames).Select(frame => (long)Math.Round(frame * 1000 / 30.0)).ToArray();
        var keys = Enumerable.Range(0, frames).Where(frame => frame % (12 + (row % 239)) == 0).ToArray();
        var index = new FrameIndex(1, 1000, times, keys, Seekable: true);
        var record = new VideoRecord(path, StreamIndex: 0, "h264", 340, 256, default, ReorderDelay: 2, CountedBy.Packets, index);
        return CatalogEntry.Usable(path, 300_000 + row, 638_000_000_000_000_000, record);
    }

    // A scan comes to folders one after another, and to the files of one in no order.
    private static string PathOf(string folder, int row, int rows) =>
        $"{folder}/class {row / ((rows / Classes) + 1):000}/{(uint)(row * 2654435761):x8}_{row:000000}_{row + 10:000000}.mp4";

    private static double PeakMib() => Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;

    private static void Report(object measured) => Console.WriteLine(JsonSerializer.Serialize(measured));
}
