using CACL.Data.Catalog;

namespace CACL.Data.Preparation;

/// <summary>A source and the place of its prepared file.</summary>
/// <param name="Video">The source according to the catalogue.</param>
/// <param name="Place">Path of the prepared file, relative to the folder.</param>
/// <param name="IsThere">Whether the folder's record says that the file was made of the source as it is, by the same format, and the file
/// is as it was made.</param>
/// <param name="Pixels">Pixels of a prepared picture.</param>
internal sealed record PreparationItem(ListedVideo Video, string Place, bool IsThere, long Pixels)
{
    /// <summary>
    /// What making a number of its frames costs, in arbitrary units: decoding goes by the pixels of the source, encoding, which costs about
    /// twice as much a pixel, by those of the result.
    /// </summary>
    internal double Cost(int frames) => frames * (((double)Video.Width * Video.Height) + (2.0 * Pixels));
}
