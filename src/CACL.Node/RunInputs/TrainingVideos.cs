using System.Buffers.Binary;
using System.Security.Cryptography;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Data.Wording;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Runs.Videos;

namespace CACL.Node.RunInputs;

/// <summary>The videos of a run, according to its catalogue.</summary>
/// <param name="Usable">The usable videos, in sampling order: by path.</param>
/// <param name="Unusable">The unusable videos, with their reasons.</param>
internal sealed record TrainingVideos(VideoShape[] Usable, IReadOnlyList<QuarantinedVideo> Unusable)
{
    /// <summary>The prepared files from which they are read. <see cref="Identity"/> does not depend on them.</summary>
    public PreparedFiles Prepared { get; init; } = PreparedFiles.None(Usable.Length);

    /// <summary>How many of the usable ones are still images.</summary>
    public int Stills { get; init; }

    /// <summary>How many still images are left out, since two frames were asked for; nothing is wrong with them.</summary>
    public int StillsLeftOut { get; init; }

    /// <summary>What they are: videos, images or both.</summary>
    public string What => MediaWords.Of(Stills, Usable.Length);

    /// <summary>The name of <see cref="Identity"/> in a checkpoint's settings.</summary>
    public const string Setting = "the videos";

    /// <summary>
    /// What must be the same when a run is resumed: the number of videos and, in their order, their numbers of frames and their sizes. Not
    /// their paths: videos may be moved.
    /// </summary>
    public string Identity
    {
        get
        {
            const int each = 12;
            const int atOnce = 4096;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var bytes = new byte[each * atOnce];
            for (var from = 0; from < Usable.Length; from += atOnce)
            {
                var videos = Usable.AsSpan(from, Math.Min(atOnce, Usable.Length - from));
                for (var i = 0; i < videos.Length; i++)
                {
                    var numbers = bytes.AsSpan(each * i);
                    BinaryPrimitives.WriteInt32LittleEndian(numbers, videos[i].Frames);
                    BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], videos[i].Width);
                    BinaryPrimitives.WriteInt32LittleEndian(numbers[8..], videos[i].Height);
                }

                hash.AppendData(bytes.AsSpan(0, each * videos.Length));
            }

            return $"{Usable.Length} videos, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
        }
    }

    /// <summary>Returns the identity of a run's videos according to its newest checkpoint that has one; null if none does.</summary>
    public static string? IdentityIn(CheckpointStore checkpoints) => SettingsIn(checkpoints, Setting)?[Setting];

    /// <summary>Returns the settings in a run's newest checkpoint that can be read, or that has this one; null if none does.</summary>
    public static IReadOnlyDictionary<string, string>? SettingsIn(CheckpointStore checkpoints, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        try
        {
            return checkpoints.Steps.Select(step => SettingsOf(checkpoints.PathOf(step)))
                .FirstOrDefault(settings => settings is not null && (key is null || settings.ContainsKey(key)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the very videos with which a run began, in their order: according to the rows that its folder names or, if it names none,
    /// today's rows, or today's together with those that vanished, if their lengths and sizes match. Null if the catalogue does not contain
    /// them.
    /// </summary>
    /// <param name="run">The run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">The folders, lists and files named.</param>
    /// <param name="stride">Distance between the two frames of a pair.</param>
    /// <param name="are">Whether some videos may be the run's, as far as lengths and sizes say.</param>
    public static VideoShape[]? Find(string run, VideoCatalog catalog, VideoRoots roots, int stride, Func<VideoShape[], bool> are)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        if (RunVideosFile.Find(run, catalog, roots, stride) is { } named && are(named)) return named;
        if (catalog.LoadUsable(stride + 1, roots) is var usable && are(usable)) return usable;
        return catalog.LoadUsableAndVanished(stride + 1, roots) is var withVanished && are(withVanished) ? withVanished : null;
    }

    /// <summary>Does the same for a training that is resumed.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">The folders, lists and files named.</param>
    /// <param name="stride">Distance between the two frames of a pair.</param>
    /// <param name="identity">Their identity; null if no checkpoint has one, so that only the rows that the folder names count.</param>
    public static TrainingVideos? Find(string run, VideoCatalog catalog, VideoRoots roots, int stride, string? identity)
    {
        var found = identity is null
            ? RunVideosFile.Find(run, catalog, roots, stride)
            : Find(run, catalog, roots, stride, videos => new TrainingVideos(videos, []).Identity == identity);
        return found is { Length: > 0 } ? Of(found, catalog.CountStills(roots), catalog, roots, stride) : null;
    }

    /// <summary>Loads the videos from a catalogue.</summary>
    /// <exception cref="UserException">No video can be used.</exception>
    public static TrainingVideos Load(VideoCatalog catalog, VideoRoots roots, int stride)
    {
        var videos = Of(catalog.LoadUsableCountingStills(stride + 1, roots, out var stills), stills, catalog, roots, stride);
        if (videos.Usable.Length > 0) return videos;
        if (videos.StillsLeftOut > 0)
        {
            throw new UserException(
                $"None of the files that {catalog.Path} knows can be used with {SettingNames.Stride} = {stride}: "
                + $"{Counted.Of(videos.StillsLeftOut, "still image")}, of which a pair takes two views only with {SettingNames.Stride} = 0"
                + (videos.Unusable.Count == 0 ? "." : $", and {Counted.Of(videos.Unusable.Count, "unusable video")}."));
        }

        if (videos.Unusable.Count == 0)
            throw new UserException($"There are no videos and no images in {string.Join(", ", roots.Folders.Concat(roots.Lists))}. Check "
                + "cacl.data.videos, and that its disk is mounted.");
        throw new UserException(
            $"None of the {videos.Unusable.Count} videos that {catalog.Path} knows can be used with cacl.data.stride = {stride}. "
            + $"The first: {videos.Unusable[0].Message} Run `cacl videos scan DIR` to see the reason of each.");
    }

    private static TrainingVideos Of(VideoShape[] usable, int stills, VideoCatalog catalog, VideoRoots roots, int stride)
    {
        QuarantinedVideo[] unusable =
            [.. catalog.LoadUnusable(stride + 1, roots).Select(v => new QuarantinedVideo(v.Path, v.Reason, v.Message, "scan"))];
        return stride == 0
            ? new TrainingVideos(usable, unusable) { Stills = Math.Min(stills, usable.Length) }
            : new TrainingVideos(usable, unusable) { StillsLeftOut = stills };
    }

    private static IReadOnlyDictionary<string, string>? SettingsOf(string checkpoint)
    {
        try
        {
            return CheckpointStore.LoadState(checkpoint).Settings;
        }
        catch (CheckpointException)
        {
            return null; // damaged, or a running training has just removed it: another one will say
        }
    }
}
