using CACL.Data.Catalog;
using CACL.Data.Files;
using CACL.Data.Preparation;
using CACL.Data.Wording;
using CACL.Node.Display;

namespace CACL.Node.Videos;

/// <summary>Words what a preparation will take, and what it did.</summary>
internal static class PrepareSummary
{
    /// <summary>The file, in the folder of prepared files, that lists what could not be prepared.</summary>
    public const string FailedName = "not-prepared.txt";

    private const int ExamplesEach = 3;

    /// <summary>Writes the estimate.</summary>
    public static void Write(PreparationEstimate estimate, PrepareRequest request, TextWriter output)
    {
        var (options, folder) = (request.Options, request.Folder);
        var ready = estimate.Ready > 0 ? $" {estimate.Ready:N0} of {estimate.Videos:N0} are up to date." : "";
        if (estimate.Missing == 0)
        {
            output.WriteLine($"Nothing is to be made in {folder}.{ready}");
            return;
        }

        output.WriteLine(
            $"{Counted.Of(estimate.Missing, "file")} to be made in {folder} ({options.Format.Text}), {options.Parallelism:N0} at a time."
                + ready);
        output.WriteLine(estimate.Sampled == 0
            ? "What they take cannot be estimated: none of those tried could be made."
            : $"By the beginnings of {estimate.Sampled:N0} they take {ProgressText.Clock(estimate.Time)} and "
                + $"{ByteSize.Of(estimate.Bytes)}; {ByteSize.Of(estimate.FreeBytes)} are free there.");
    }

    /// <summary>Writes what was done, and a list of what could not be done into the folder.</summary>
    /// <param name="report">The report.</param>
    /// <param name="request">The request.</param>
    /// <param name="unusable">What the scan could not use.</param>
    /// <param name="output">Standard output.</param>
    public static void Write(
        PreparationReport report, PrepareRequest request, IReadOnlyList<UnusableVideo> unusable, TextWriter output)
    {
        output.WriteLine(
            $"{report.Ready + report.Made:N0} of {report.Videos:N0} videos are prepared ({report.Made:N0} now, "
                + $"{ByteSize.Of(report.Bytes)}, in {ProgressText.Clock(TimeSpan.FromSeconds(report.Seconds))}).");
        foreach (var reason in report.Failed.GroupBy(video => video.Reason).OrderByDescending(videos => videos.Count()))
        {
            output.WriteLine($"  {reason.Count():N0} {ScanSummary.Words(reason.Key)}:");
            foreach (var video in reason.Take(ExamplesEach)) output.WriteLine($"    {video.Message}");
            if (reason.Count() > ExamplesEach) output.WriteLine($"    … and {reason.Count() - ExamplesEach:N0} more");
        }

        var list = Path.Combine(request.Folder, FailedName);
        string[] lines =
        [
            .. unusable.Select(video => $"{video.Path}\t{video.Reason}\t{video.Message}")
                .Concat(report.Failed.Select(video => $"{video.Path}\t{video.Reason}\t{video.Message}")),
        ];
        if (lines.Length == 0)
        {
            File.Delete(list);
        }
        else
        {
            AtomicFile.WriteText(list, string.Concat(lines.Select(line => line.ReplaceLineEndings(" ") + "\n")));
            output.WriteLine($"Each file that could not be prepared, with its reason: {list}");
        }

        output.WriteLine($"A training on the same videos with this catalogue reads them from {request.Folder}.");
    }
}
