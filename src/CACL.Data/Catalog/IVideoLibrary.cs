namespace CACL.Data.Catalog;

/// <summary>Looks up what a decoder must know about a video. Thread-safe.</summary>
public interface IVideoLibrary
{
    /// <summary>Returns the record of a usable video.</summary>
    /// <param name="id">Row of the catalogue.</param>
    /// <exception cref="VideoUnusableException">There is no such usable video any more.</exception>
    VideoRecord Load(long id);
}
