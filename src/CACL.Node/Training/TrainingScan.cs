using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Wording;
using CACL.Node.Settings;
using Serilog;

namespace CACL.Node.Training;

/// <summary>The scan that a run makes by itself if the catalogue does not know all of its videos yet.</summary>
internal static class TrainingScan
{
    // A quarter of a million files are listed within seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Makes sure that the catalogue knows everything named: finishes what no scan has finished, and reads again what an older version read
    /// by other rules; otherwise leaves the catalogue as it is, so that runs that share it train on the same videos, and says how many
    /// files differ from it.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled; what was read is kept.</exception>
    public static void Complete(VideoCatalog catalog, DataSettings data, VideoRoots roots, PairDecoders decoders, CancellationToken cancel)
    {
        var outdated = catalog.CountOutdated(roots);
        if (outdated > 0)
        {
            Log.Information(
                "{Count} files that {Catalog} knows were read by an older version of this program, which took some orientations and first "
                + "frames for others, and some damaged images for whole ones; they are read again",
                outdated, catalog.Path);
        }
        else if (catalog.IsScanned(roots))
        {
            CountDrift(catalog.Path, roots, cancel);
            return;
        }

        var videos = string.Join(", ", data.Videos);
        var counts = catalog.Counts(data.Stride + 1, roots);
        var known = counts.Usable + counts.TooShort + counts.StillsLeftOut + counts.Unusable.Values.Sum();
        if (known == 0)
        {
            Log.Information("Scanning {Videos} into {Catalog}", videos, catalog.Path);
        }
        else
        {
            Log.Information(
                "Scanning {Videos} into {Catalog}, which knows {Known} files of it from scans that did not reach all",
                videos, catalog.Path, known);
        }

        var report = new VideoScanner(catalog, decoders.CreateProber).Scan(data.Videos, data.ToScanOptions(), new Said(), cancel);
        Log.Information(
            "{Usable} of {Found} {What} are usable ({Read} read, {Unchanged} known before), found in {Seconds:0.0} s",
            report.Usable, report.Found, MediaWords.Of(report.Stills, report.Found), report.Read, report.Unchanged, report.Seconds);
        SayProblems(report);
    }

    /// <summary>
    /// Says how far the files have drifted from the catalogue. Millions of files take long to list, and nothing depends on the answer: the
    /// training starts meanwhile.
    /// </summary>
    private static void CountDrift(string catalog, VideoRoots roots, CancellationToken cancel)
    {
        // A connection of its own: the decoders read the catalogue meanwhile.
        var counting = Task.Run(() => Count(catalog, roots, cancel), cancel);
        Task.WhenAny(counting, Task.Delay(Patience, cancel)).GetAwaiter().GetResult();
        cancel.ThrowIfCancellationRequested();
        if (counting.IsCompleted)
        {
            SayDrift(catalog, counting.GetAwaiter().GetResult());
            return;
        }

        Log.Information("The files on disk are still being compared with the catalogue {Catalog}; the training starts meanwhile", catalog);
        counting.ContinueWith(
            counted =>
            {
                if (counted.IsCompletedSuccessfully) SayDrift(catalog, counted.Result);
                else Log.Warning("The files could not be compared with the catalogue: {Cause}", counted.Exception?.InnerException?.Message);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        static CatalogDrift Count(string catalog, VideoRoots roots, CancellationToken cancel)
        {
            using var own = VideoCatalog.OpenExisting(catalog);
            return CatalogDrift.Of(own, roots, cancel);
        }
    }

    private static void SayDrift(string catalog, CatalogDrift drift)
    {
        if (drift.IsNone)
        {
            Log.Information("Using the catalogue {Catalog}: it knows every file as it is", catalog);
            return;
        }

        Log.Warning(
            "Using the catalogue {Catalog} as it is. Since its scan files appeared: {Appeared} (not trained on), changed: {Changed}, "
            + "went: {Gone} (both are left out when their turn comes). `cacl videos scan DIR` takes in what there is now; a run that goes "
            + "on keeps the videos it began with",
            catalog, drift.Appeared, drift.Changed, drift.Gone);
    }

    private static void SayProblems(ScanReport report)
    {
        Say("named in a list, but missing", report.MissingCount, report.Missing);
        Say("folders that cannot be listed; their contents are not known", report.UnreadableFolders.Count, report.UnreadableFolders);
        if (report.Unusable.TryGetValue(UnusableReason.Decoder, out var files))
            Say("not known, since the decoder failed on them; the next run or scan asks for them again", files.Count, files.Examples);
    }

    private static void Say(string what, int count, IReadOnlyList<ScanProblem> examples)
    {
        if (count > 0) Log.Warning("{Count} {What}: {Example}", count, what, examples[0].Message);
    }

    private sealed class Said : IProgress<ScanProgress>
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
        private readonly System.Diagnostics.Stopwatch _since = System.Diagnostics.Stopwatch.StartNew();

        public void Report(ScanProgress value)
        {
            if (_since.Elapsed < Every) return;
            _since.Restart();
            Log.Information("Scanned {Read} of {Found} files so far", value.Unchanged + value.Read, value.Found);
        }
    }
}
