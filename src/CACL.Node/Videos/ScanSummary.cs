using CACL.Data.Catalog;
using CACL.Data.Wording;

namespace CACL.Node.Videos;

/// <summary>Words what a scan found: how many videos are used out of how many expected, and each reason for the difference.</summary>
internal static class ScanSummary
{
    /// <summary>Writes the summary.</summary>
    /// <param name="report">The scan's report.</param>
    /// <param name="counts">What the catalogue counts of the files scanned, for the stride.</param>
    /// <param name="catalog">The catalogue's path.</param>
    /// <param name="stride">Distance between the two frames of a pair.</param>
    /// <param name="output">Standard output.</param>
    public static void Write(ScanReport report, CatalogCounts counts, string catalog, int stride, TextWriter output)
    {
        var (tooShort, stills) = (counts.TooShort, counts.StillsLeftOut);
        var what = MediaWords.Of(report.Stills, report.Found);
        output.WriteLine(
            $"{report.Usable - tooShort - stills:N0} of {report.Found:N0} {what} are usable "
                + $"({report.Read:N0} read, {report.Unchanged:N0} unchanged since the last scan) in {report.Seconds:0.0} s.");
        foreach (var (reason, files) in report.Unusable.OrderByDescending(u => u.Value.Count).ThenBy(u => u.Key))
        {
            output.WriteLine($"  {files.Count:N0} {Words(reason, what)}:");
            foreach (var example in files.Examples) output.WriteLine($"    {example.Message}");
            if (files.Count > files.Examples.Count) output.WriteLine($"    … and {files.Count - files.Examples.Count:N0} more");
        }

        if (stills > 0)
        {
            output.WriteLine(
                $"  {stills:N0} are still images, of which a pair takes two views: only with cacl.data.stride = 0 (it is {stride})");
        }

        if (tooShort > 0)
            output.WriteLine($"  {tooShort:N0} have fewer than the {stride + 1} frames that a pair needs (cacl.data.stride = {stride})");
        WriteProblems(output, report.MissingCount, "named in a list, but missing", report.Missing);
        WriteProblems(output, report.UnreadableFolders.Count, "folders that could not be listed", report.UnreadableFolders);
        if (report.Vanished > 0) output.WriteLine($"  {report.Vanished:N0} gone since an earlier scan; a run leaves them out");
        if (report.OtherFiles > 0)
            output.WriteLine($"  {report.OtherFiles:N0} other files were left alone: neither videos nor images by their names");
        if (report.OfOtherShards > 0) output.WriteLine($"  {report.OfOtherShards:N0} files were left to other shards");
        output.WriteLine($"Catalogue: {catalog}");
    }

    private static void WriteProblems(TextWriter output, int count, string what, IReadOnlyList<ScanProblem> problems)
    {
        if (count == 0) return;
        output.WriteLine($"  {count:N0} {what}:");
        foreach (var problem in problems) output.WriteLine($"    {problem.Message}");
        if (count > problems.Count) output.WriteLine($"    … and {count - problems.Count:N0} more");
    }

    /// <summary>Words a reason, as of several files.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="what">What the files were taken for, by their names.</param>
    public static string Words(UnusableReason reason, string what = MediaWords.Videos) => reason switch
    {
        UnusableReason.Unreadable => "cannot be read",
        UnusableReason.NotAVideo => what == MediaWords.Both ? "are neither videos nor images" : $"are no {what}",
        UnusableReason.UnknownCodec => "have a codec that is not known",
        UnusableReason.TooShort => "are too short",
        UnusableReason.Corrupt => "are damaged",
        UnusableReason.Changed => "changed during the scan",
        UnusableReason.TooLarge => "have more pixels than are decoded",
        UnusableReason.Deadline => "took too long",
        UnusableReason.Decoder => "made the decoder fail, which says nothing of them; the next scan asks for them again",
        _ => reason.ToString(),
    };
}
