using CACL.Data.Catalog;
using CACL.Data.Wording;

namespace CACL.Actors.Links;

/// <summary>Looks up what a worker is told of a video. Thread-safe.</summary>
/// <param name="library">The run's videos.</param>
/// <param name="folders">The folders that the workers have, too.</param>
internal sealed class LinkVideos(IVideoLibrary library, SharedFolders folders)
{
    /// <summary>
    /// Returns the video's path, and its file and record as a worker is told of them: those of its prepared file where there is one.
    /// </summary>
    /// <param name="id">Row of the catalogue.</param>
    /// <exception cref="VideoUnusableException">There is no such usable video any more.</exception>
    /// <exception cref="LinkException">No worker can have the file.</exception>
    public (string Path, string ReadFrom, SharedFile File, PackedVideo Video) Load(long id)
    {
        var video = library.Load(id);
        var read = video.Prepared ?? video;
        var file = folders.Describe(read.Path)
            ?? throw new LinkException($"{read.Path} lies in none of the folders that the workers have ({SettingNames.ClusterFolders})");
        return (video.Path, read.Path, file, PackedVideo.Of(read));
    }

    /// <summary>Returns why a worker's copy of a file, whose time is another, is not the same file; null if it is.</summary>
    /// <param name="path">The file here.</param>
    /// <param name="hash">SHA-256 of the worker's.</param>
    public string? WhyOther(string path, string hash)
    {
        try
        {
            return folders.IsContent(path, hash) ? null : $"its copy of {path} has another content";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be compared with its copy: {cause.Message.TrimEnd('.')}";
        }
    }
}
