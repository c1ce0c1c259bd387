using System.Buffers.Binary;
using System.Security.Cryptography;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Runs.Videos;

namespace CACL.Node.RunInputs;

/// <summary>The videos of a run, as its catalogue knows them.</summary>
/// <param name="Usable">In the order that sampling counts them: by path.</param>
/// <param name="Unusable">Those left out, with their reasons.</param>
internal sealed record TrainingVideos(VideoShape[] Usable, IReadOnlyList<QuarantinedVideo> Unusable)
{
    /// <summary>What a checkpoint's settings call <see cref="Identity"/>.</summary>
    public const string Setting = "the videos";

    /// <summary>
    /// What must be the same when a run is resumed: how many videos there are and, in their order, their frames and sizes.
    /// Not their paths: videos may be moved.
    /// </summary>
    public string Identity
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> numbers = stackalloc byte[12];
            foreach (var video in Usable)
            {
                BinaryPrimitives.WriteInt32LittleEndian(numbers, video.Frames);
                BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], video.Width);
                BinaryPrimitives.WriteInt32LittleEndian(numbers[8..], video.Height);
                hash.AppendData(numbers);
            }

            return $"{Usable.Length} videos, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
        }
    }

    /// <summary>The identity of a run's videos, by the newest of its checkpoints that tells; null: none does.</summary>
    public static string? IdentityIn(CheckpointStore checkpoints)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        try
        {
            return checkpoints.Steps.Select(step => IdentityOf(checkpoints.PathOf(step))).FirstOrDefault(identity => identity is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The very videos that a run began with, in their order: by the rows that its folder names or, where it names none, those of today
    /// or those of today with the ones that vanished, if they are of the same lengths and sizes. Null: the catalogue does not hold them.
    /// </summary>
    /// <param name="run">Run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">What is named.</param>
    /// <param name="stride">Frames between the two of a pair.</param>
    /// <param name="are">Whether some may be they, as far as lengths and sizes tell.</param>
    public static VideoShape[]? Find(string run, VideoCatalog catalog, VideoRoots roots, int stride, Func<VideoShape[], bool> are)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        if (RunVideosFile.Find(run, catalog, roots, stride) is { } named && are(named)) return named;
        if (catalog.LoadUsable(stride + 1, roots) is var usable && are(usable)) return usable;
        return catalog.LoadUsableAndVanished(stride + 1, roots) is var withVanished && are(withVanished) ? withVanished : null;
    }

    /// <summary>As the other one, for a training that goes on.</summary>
    /// <param name="run">Run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">What is named.</param>
    /// <param name="stride">Frames between the two of a pair.</param>
    /// <param name="identity">Their identity; null: no checkpoint tells, so only the rows that the folder names count.</param>
    public static TrainingVideos? Find(string run, VideoCatalog catalog, VideoRoots roots, int stride, string? identity)
    {
        var found = identity is null
            ? RunVideosFile.Find(run, catalog, roots, stride)
            : Find(run, catalog, roots, stride, videos => new TrainingVideos(videos, []).Identity == identity);
        return found is { Length: > 0 } ? new TrainingVideos(found, LoadUnusable(catalog, roots, stride)) : null;
    }

    /// <summary>Reads them from a catalogue.</summary>
    /// <exception cref="UserException">None of them can be used.</exception>
    public static TrainingVideos Load(VideoCatalog catalog, VideoRoots roots, int stride)
    {
        var videos = new TrainingVideos(catalog.LoadUsable(stride + 1, roots), LoadUnusable(catalog, roots, stride));
        if (videos.Usable.Length > 0) return videos;
        if (videos.Unusable.Count == 0)
            throw new UserException($"There are no videos and no images in {string.Join(", ", roots.Folders.Concat(roots.Lists))}. Check "
                + "cacl.data.videos, and that its disk is mounted.");
        var stills = stride > 0 && videos.Unusable.All(v => v.Reason == UnusableReason.TooShort)
            ? " Images need cacl.data.stride = 0."
            : "";
        throw new UserException(
            $"None of the {videos.Unusable.Count} videos that {catalog.Path} knows can be used with cacl.data.stride = {stride}. "
            + $"The first: {videos.Unusable[0].Message} Run `cacl videos scan DIR` to see the reason of each.{stills}");
    }

    private static QuarantinedVideo[] LoadUnusable(VideoCatalog catalog, VideoRoots roots, int stride) =>
        [.. catalog.LoadUnusable(stride + 1, roots).Select(v => new QuarantinedVideo(v.Path, v.Reason, v.Message, "scan"))];

    private static string? IdentityOf(string checkpoint)
    {
        try
        {
            return CheckpointStore.LoadState(checkpoint).Settings.GetValueOrDefault(Setting);
        }
        catch (CheckpointException)
        {
            return null; // damaged, or a running training has just removed it: another one will tell
        }
    }
}
