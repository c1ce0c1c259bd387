using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Node.Configuration;
using Serilog;

namespace CACL.Node.Training;

/// <summary>The scan that a run makes by itself where nobody scanned its videos before.</summary>
internal static class TrainingScan
{
    /// <summary>
    /// Scans if the catalogue knows none of the videos, or knows some by older rules of reading; otherwise says how to bring it up to date.
    /// </summary>
    public static void FillIfEmpty(VideoCatalog catalog, DataSettings data, VideoRoots roots, PairDecoders decoders)
    {
        var known = catalog.Counts(data.Stride + 1, roots);
        var outdated = catalog.CountOutdated(roots);
        if (outdated > 0)
        {
            Log.Information(
                "{Count} videos that {Catalog} knows were read by an older version of this program, which took some orientations and first "
                + "frames for others; they are read again",
                outdated, catalog.Path);
        }
        else if (known.Usable + known.TooShort + known.Unusable.Values.Sum() > 0)
        {
            Log.Information("Using the catalogue {Catalog} as it is; `cacl videos scan` finds new, changed and vanished videos", catalog.Path);
            return;
        }

        Log.Information("Scanning {Videos} into {Catalog}", string.Join(", ", data.Videos), catalog.Path);
        var report = new VideoScanner(catalog, decoders.CreateProber).Scan(
            data.Videos, new ScanOptions { FileDeadline = data.DecodeTimeout }, new Said(), CancellationToken.None);
        Log.Information("{Usable} of {Found} videos are usable, found in {Seconds:0.0} s", report.Usable, report.Found, report.Seconds);
    }

    private sealed class Said : IProgress<ScanProgress>
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
        private readonly System.Diagnostics.Stopwatch _since = System.Diagnostics.Stopwatch.StartNew();

        public void Report(ScanProgress value)
        {
            if (_since.Elapsed < Every) return;
            _since.Restart();
            Log.Information("Scanned {Read} of {Found} videos so far", value.Read, value.Found);
        }
    }
}
