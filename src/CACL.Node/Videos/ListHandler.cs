using System.Globalization;
using CACL.Data.Catalog;
using CACL.Data.Wording;
using CACL.Node.Ending;

namespace CACL.Node.Videos;

/// <summary>Handles <c>cacl videos list</c>.</summary>
internal static class ListHandler
{
    /// <summary>Lists videos.</summary>
    /// <param name="roots">Folders, lists, files; none: all videos.</param>
    /// <param name="catalogFile">The catalogue file.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CatalogException">There is no such catalogue, or it cannot be read.</exception>
    public static int Run(IReadOnlyList<string> roots, string catalogFile, TextWriter output)
    {
        using var catalog = VideoCatalog.OpenExisting(catalogFile);
        var videos = catalog.List(roots.Count > 0 ? new VideoRoots(roots) : null);
        foreach (var video in videos)
        {
            var size = string.Create(CultureInfo.InvariantCulture, $"{video.Width}x{video.Height}");
            var what = VideoFileTypes.IsStill(video.Path)
                ? "image"
                : string.Create(CultureInfo.InvariantCulture, $"{video.Frames,7} frames");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,14}  {size,9}  {video.Codec,-5}  {video.Path}"));
            if (video.Prepared is not { } prepared) continue;
            output.WriteLine(prepared.Fault is null
                ? $"    prepared ({prepared.Format}, {ByteSize.Of(prepared.Size)}): {prepared.Path}"
                : $"    not used: {prepared.Path}: {prepared.Fault}");
        }

        var stills = videos.Count(video => VideoFileTypes.IsStill(video.Path));
        var counted = videos.Count == 1
            ? stills == 1 ? "1 usable image" : "1 usable video"
            : $"{videos.Count:N0} usable {MediaWords.Of(stills, videos.Count)}";
        output.WriteLine(
            $"{counted}, {videos.Count(video => video.Prepared is { Fault: null }):N0} of them prepared. "
                + $"Catalogue: {catalog.Path}");
        return ExitCodes.Success;
    }
}
