using CACL.Data.Catalog;
using CACL.Node.Settings;
using CACL.Runs.Folder;

namespace CACL.Node.RunInputs;

/// <summary>From which files a run reads its videos: from prepared ones where the catalogue knows them.</summary>
internal static class PreparedInputs
{
    /// <summary>Finds the prepared files of a run's videos.</summary>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="videos">The videos.</param>
    /// <param name="data">The settings.</param>
    /// <param name="warn">Receives a sentence, once, if such a file is lost while the run goes on.</param>
    public static PreparedFiles Of(VideoCatalog catalog, TrainingVideos videos, DataSettings data, Action<string> warn) =>
        data.UsePrepared ? PreparedFiles.Of(catalog, videos.Usable, warn) : PreparedFiles.None(videos.Usable.Length);

    /// <summary>
    /// Finds those from which a step that is recomputed is read: none if the run read none then, although some have been made since.
    /// </summary>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="videos">The videos.</param>
    /// <param name="data">The settings.</param>
    /// <param name="start">The start that computed the step; null: not known.</param>
    /// <param name="warn">Receives a sentence, once, if such a file is lost meanwhile.</param>
    public static PreparedFiles Of(
        VideoCatalog catalog, TrainingVideos videos, DataSettings data, StartFacts? start, Action<string> warn)
    {
        var none = PreparedFiles.None(videos.Usable.Length);
        return (start?.Prepared ?? none.Identity) == none.Identity ? none : Of(catalog, videos, data, warn);
    }

    /// <summary>Returns the last start of a run; null if its run.json is missing or damaged, which others report.</summary>
    public static StartFacts? LastStart(string run)
    {
        try
        {
            return RunFacts.Read(run)?.Starts is [.., var last] ? last : null;
        }
        catch (RunFolderException)
        {
            return null;
        }
    }

    /// <summary>Returns what a start of a run says about the files that it reads; none if there is nothing to say.</summary>
    /// <param name="prepared">The prepared files.</param>
    /// <param name="videos">Number of videos.</param>
    /// <param name="earlier">The start before; null: there is none.</param>
    /// <returns>Sentences; those to warn of are marked.</returns>
    public static IEnumerable<(string Sentence, bool IsWarning)> Sentences(PreparedFiles prepared, int videos, StartFacts? earlier)
    {
        if (prepared.Count > 0)
            yield return ($"{prepared.Count} of {videos} videos are read from their prepared files, the others from themselves", false);
        if (prepared.Faults is [var first, ..])
        {
            yield return (
                $"{prepared.Faults.Count} prepared files cannot be used, and their videos are read from themselves. The first: {first} "
                    + "`cacl videos prepare DIR OUT` makes them anew",
                true);
        }

        var before = earlier is null ? prepared.Identity : earlier.Prepared ?? PreparedFiles.None(videos).Identity;
        if (before != prepared.Identity)
        {
            yield return (
                $"The run read other files until now (prepared: {before}; now: {prepared.Identity}). Its samples stay the same, but their "
                    + "pixels differ slightly, and so do its numbers from here on. cacl.data.prepared = ignore reads the videos themselves",
                true);
        }
    }
}
