using CACL.Data.Catalog;
using CACL.Data.Preparation;
using CACL.Node.Ending;
using CACL.Node.Programs;
using CACL.Node.Settings;

namespace CACL.Node.Videos;

/// <summary>A request to <c>cacl videos prepare</c>.</summary>
/// <param name="Roots">Folders, lists, files.</param>
/// <param name="Folder">The folder for the prepared files, absolute.</param>
/// <param name="Catalog">The catalogue file, absolute.</param>
/// <param name="Options">How to prepare.</param>
/// <param name="OnlyEstimates">Whether nothing is made.</param>
internal sealed record PrepareRequest(
    IReadOnlyList<string> Roots, string Folder, string Catalog, PreparationOptions Options, bool OnlyEstimates);

/// <summary>Handles <c>cacl videos prepare</c>: scans, says what it will take, and makes what is missing.</summary>
internal static class PrepareHandler
{
    /// <summary>Prepares videos.</summary>
    /// <param name="request">The request.</param>
    /// <param name="settings">Deadline and decoder.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">No video could be prepared.</exception>
    /// <exception cref="PreparationException">The folder cannot be used, or has too little room.</exception>
    public static int Run(PrepareRequest request, DataSettings settings, TextWriter output)
    {
        using var interruption = new Interruption();
        try
        {
            var roots = new VideoRoots(request.Roots);
            PreparationSession.RequireApart(request.Folder, roots);
            var decoders = ProgramDecoders.Create(settings.Decoder);
            using var catalog = VideoCatalog.Open(request.Catalog);
            var scanner = new VideoScanner(catalog, decoders.CreateProber);
            var scanned = VideoProgress.Scan(
                progress => scanner.Scan(request.Roots, settings.ToScanOptions(), progress, interruption.Token), output);
            ScanSummary.Write(scanned, catalog.Counts(minFrames: 1, roots), catalog.Path, stride: 0, output);
            using var session = PreparationSession.Open(catalog, roots, request.Folder, decoders.CreateProber, request.Options);
            var estimate = session.Estimate(interruption.Token);
            PrepareSummary.Write(estimate, request, output);
            if (request.OnlyEstimates) return ExitCodes.Success;
            session.RequireSpace(estimate);
            var report = VideoProgress.Prepare(progress => session.Run(progress, interruption.Token), output);
            PrepareSummary.Write(report, request, catalog.LoadUnusable(minFrames: 1, roots), output);
            if (report.Ready + report.Made > 0) return ExitCodes.Success;
            throw new UserException($"No video of {string.Join(", ", request.Roots)} could be prepared; the lines above say why.");
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            throw interruption.Stopped("Stopped. The files made so far are kept; the same command makes the rest.");
        }
    }
}
