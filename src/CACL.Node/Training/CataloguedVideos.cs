using CACL.Actors.Decoding;
using CACL.Data.Catalog;

namespace CACL.Node.Training;

/// <summary>The catalogue as the decoders' library; a file that changed since its scan is a bad video.</summary>
internal sealed class CataloguedVideos(VideoCatalog catalog) : IVideoLibrary
{
    /// <inheritdoc/>
    public VideoRecord Load(long id) => catalog.Load(id);
}
