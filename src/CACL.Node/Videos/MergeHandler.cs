using CACL.Data.Catalog;
using CACL.Node.Ending;

namespace CACL.Node.Videos;

/// <summary>Handles <c>cacl videos merge</c>.</summary>
internal static class MergeHandler
{
    /// <summary>Joins the catalogues of all shards with progress, and writes what came of it.</summary>
    /// <param name="target">The catalogue to write.</param>
    /// <param name="shards">The catalogues of the shards.</param>
    /// <param name="roots">What the folders are called in it; none: as the scans called them.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CatalogException">The catalogues do not fit together, or cannot be read or written.</exception>
    public static int Run(string target, IReadOnlyList<string> shards, IReadOnlyList<string> roots, TextWriter output)
    {
        using var interruption = new Interruption();
        try
        {
            var report = VideoProgress.Merge(
                progress => CatalogMerge.Merge(target, shards, roots, progress, interruption.Token), output);
            var files = report.Usable + report.Unusable;
            output.WriteLine($"{report.Shards:N0} shards joined: {files:N0} files, {report.Usable:N0} usable, {report.Unusable:N0} not, in "
                + $"{report.Seconds:0.0} s.");
            if (report.Vanished > 0)
                output.WriteLine($"  {report.Vanished:N0} gone since earlier scans of the shards; a run leaves them out");
            if (report.Gone > 0)
                output.WriteLine($"  {report.Gone:N0} that the catalogue had are in no shard any more; a run leaves them out");
            output.WriteLine($"Catalogue: {target}");
            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            throw interruption.Stopped("The merge was stopped. The catalogue is as it was before.");
        }
    }
}
