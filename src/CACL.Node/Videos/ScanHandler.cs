using CACL.Data.Catalog;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;

namespace CACL.Node.Videos;

/// <summary>Handles <c>cacl videos scan</c>: scans with progress, and writes the result.</summary>
internal static class ScanHandler
{
    /// <summary>Scans, and writes what was found.</summary>
    /// <param name="roots">Folders, lists, files.</param>
    /// <param name="catalogFile">The catalogue file to fill.</param>
    /// <param name="settings">Deadline, decoder and stride.</param>
    /// <param name="shard">The share to scan; null: everything.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">Nothing usable was found.</exception>
    public static int Run(
        IReadOnlyList<string> roots, string catalogFile, DataSettings settings, ScanShard? shard, TextWriter output)
    {
        using var interruption = new Interruption();
        try
        {
            var named = new VideoRoots(roots);
            using var catalog = VideoCatalog.Open(catalogFile);
            var scanner = new VideoScanner(catalog, ProgramDecoders.Create(settings.Decoder).CreateProber);
            var options = settings.ToScanOptions() with { Shard = shard };
            var report = VideoProgress.Scan(progress => scanner.Scan(roots, options, progress, interruption.Token), output);
            var counts = catalog.Counts(settings.Stride + 1, named);
            ScanSummary.Write(report, counts, catalog.Path, settings.Stride, output);
            // A share of few files may hold none that is usable.
            if (counts.Usable > 0 || shard is not null) return ExitCodes.Success;
            var what = report.Found > 0 && report.Stills == report.Found ? "image" : "video";
            throw new UserException($"No usable {what} was found in {string.Join(", ", roots)}; the lines above say why. A run needs at "
                + "least one.");
        }
        catch (OperationCanceledException)
        {
            throw interruption.Stopped("The scan was stopped. What was read is kept, and the next scan continues from there.");
        }
    }
}
