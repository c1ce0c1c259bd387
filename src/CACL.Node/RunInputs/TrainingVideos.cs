using System.Buffers.Binary;
using System.Security.Cryptography;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Node.Ending;
using CACL.Runs.Videos;

namespace CACL.Node.RunInputs;

/// <summary>The videos of a run, as its catalogue knows them.</summary>
/// <param name="Usable">In the order that sampling counts them: by path.</param>
/// <param name="Unusable">Those left out, with their reasons.</param>
internal sealed record TrainingVideos(VideoShape[] Usable, IReadOnlyList<QuarantinedVideo> Unusable)
{
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

    /// <summary>Reads them from a catalogue.</summary>
    /// <exception cref="UserException">None of them can be used.</exception>
    public static TrainingVideos Load(VideoCatalog catalog, VideoRoots roots, int stride)
    {
        var videos = new TrainingVideos(
            catalog.LoadUsable(stride + 1, roots),
            [.. catalog.LoadUnusable(stride + 1, roots).Select(v => new QuarantinedVideo(v.Path, v.Reason, v.Message, "scan"))]);
        if (videos.Usable.Length > 0) return videos;
        if (videos.Unusable.Count == 0)
            throw new UserException($"There are no videos and no images in {string.Join(", ", roots.Folders.Concat(roots.Lists))}. Check cacl.data.videos, and that its disk is mounted.");
        var first = videos.Unusable is [var example, ..] ? $" The first: {example.Message}" : "";
        var stills = stride > 0 && videos.Unusable.All(v => v.Reason == UnusableReason.TooShort) ? " Images need cacl.data.stride = 0." : "";
        throw new UserException(
            $"None of the {videos.Unusable.Count} videos that {catalog.Path} knows can be used with cacl.data.stride = {stride}.{first} "
            + $"Run `cacl videos scan DIR` to see the reason of each.{stills}");
    }
}
