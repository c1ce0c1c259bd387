namespace CACL.Data.Catalog;

/// <summary>Looks up what a decoder must know about a video. Thread-safe.</summary>
public interface IVideoLibrary
{
    /// <summary>Returns the record of a usable video.</summary>
    /// <param name="id">Row of the catalogue.</param>
    /// <exception cref="VideoUnusableException">There is no such usable video any more.</exception>
    VideoRecord Load(long id);

    /// <summary>Returns the path of a video, for messages. It must not touch the file, which may lie where nothing answers.</summary>
    /// <param name="id">Row of the catalogue.</param>
    string PathOf(long id)
    {
        try
        {
            return Load(id).Path;
        }
        catch (VideoUnusableException fault)
        {
            return fault.Path;
        }
    }
}
