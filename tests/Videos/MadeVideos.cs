using System.Collections.Concurrent;

namespace CACL.Testing;

/// <summary>
/// Makes small, short videos with every property that has led a decoder astray, each once for all tests of a process, with the installed
/// ffmpeg. The expected frames are those that ffmpeg decodes at test time; none are stored.
/// </summary>
internal static class MadeVideos
{
    private static readonly Dictionary<string, MadeVideo> Recipes =
        SoundVideos.All.Concat(DamagedVideos.All).Concat(StillImages.All)
            .ToDictionary(video => video.Name, StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new(StringComparer.Ordinal);

    private static readonly Lazy<string> Folder = new(CreateFolder);

    private static readonly Lazy<bool> Everything = new(MakeEverything);

    /// <summary>Names of the intact videos.</summary>
    public static IEnumerable<string> Names => Recipes.Values.Where(video => video.IsVideo).Select(video => video.Name);

    /// <summary>Names of the files that are no videos, or no longer.</summary>
    public static IEnumerable<string> NamesOfOthers => Recipes.Values.Where(video => !video.IsVideo).Select(video => video.Name);

    /// <summary>Returns a video's property, and which of its streams counts.</summary>
    public static MadeVideo Of(string name) => Recipes[name];

    /// <summary>Returns the path of a video, and makes it first if necessary; the test is skipped if this ffmpeg cannot make it.</summary>
    public static string Path(string name)
    {
        var recipe = Recipes[name];
        FfmpegCommand.Require(recipe.Encoders);
        return Made.GetOrAdd(name, _ => new Lazy<string>(() => Make(recipe))).Value;
    }

    /// <summary>Makes all videos that this ffmpeg can make, two at a time, and returns their paths.</summary>
    public static IReadOnlyDictionary<string, string> All()
    {
        FfmpegCommand.Require();
        _ = Everything.Value;
        return Made.Where(made => made.Value.IsValueCreated).ToDictionary(made => made.Key, made => made.Value.Value);
    }

    private static string Make(MadeVideo recipe)
    {
        var path = System.IO.Path.Combine(Folder.Value, recipe.Name);
        recipe.Make(path);
        return path;
    }

    private static bool MakeEverything()
    {
        Parallel.ForEach(Recipes.Keys, new ParallelOptions { MaxDegreeOfParallelism = 2 }, name =>
        {
            try
            {
                Path(name);
            }
            catch (Exception)
            {
                // The test of this one video reports why it could not be made.
            }
        });
        return true;
    }

    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("cacl-videos-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
