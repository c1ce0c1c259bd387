using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Catalog;
using CACL.Data.Files;
using CACL.Data.Sampling;
using CACL.Runs.Folder;

namespace CACL.Node.RunInputs;

/// <summary>
/// A run folder's videos.json: the rows of the catalogue with which the run began. By them a resumed run finds the very same videos,
/// whatever was scanned into the catalogue since.
/// </summary>
internal static class RunVideosFile
{
    /// <summary>The file's name.</summary>
    public const string Name = RunFolder.VideosName;

    /// <summary>Writes the file.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="videos">The videos of the run.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string run, VideoCatalog catalog, IReadOnlyCollection<VideoShape> videos)
    {
        var ids = new RowSet(videos.Select(video => video.Id));
        var json = new JsonObject
        {
            ["catalog"] = catalog.Path,
            ["videos"] = ids.Count,
            ["rows"] = RowRanges.Text(ids),
            ["paths_sha256"] = HashOfPaths(catalog, ids),
        };
        AtomicFile.WriteText(Path.Combine(run, Name), json.ToJsonString() + "\n", durable: true);
    }

    /// <summary>
    /// Returns the videos with which a run began; null if there is no such file, or the catalogue no longer contains exactly these.
    /// </summary>
    /// <param name="run">The run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">The folders, lists and files named.</param>
    /// <param name="stride">Distance between the two frames of a pair.</param>
    public static VideoShape[]? Find(string run, VideoCatalog catalog, VideoRoots roots, int stride)
    {
        if (Read(Path.Combine(run, Name)) is not var (rows, sha256)) return null;
        var videos = catalog.LoadUsableAndVanished(stride + 1, roots, rows);
        // Rows of another catalogue, or of one that was created again, may have the same numbers.
        return videos.Length == rows.Count && HashOfPaths(catalog, rows) == sha256 ? videos : null;
    }

    private static (RowSet Rows, string Sha256)? Read(string path)
    {
        try
        {
            if (!File.Exists(path) || JsonNode.Parse(RegularFile.ReadAllText(path)) is not JsonObject file) return null;
            return (RowRanges.Parse(file["rows"]!.GetValue<string>()), file["paths_sha256"]!.GetValue<string>());
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException
            or FormatException or OverflowException or NullReferenceException)
        {
            return null;
        }
    }

    private static string HashOfPaths(VideoCatalog catalog, RowSet rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new ArrayBufferWriter<byte>();
        catalog.ForEachPath(rows, path =>
        {
            bytes.ResetWrittenCount();
            Encoding.UTF8.GetBytes(path, bytes);
            bytes.Write("\n"u8);
            hash.AppendData(bytes.WrittenSpan);
        });
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
