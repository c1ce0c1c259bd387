namespace CACL.Data.Catalog;

/// <summary>A catalogue whose records name the prepared file, where there is one, beside the source.</summary>
/// <param name="catalog">The catalogue. Not owned.</param>
/// <param name="files">The prepared files.</param>
public sealed class PreparedLibrary(VideoCatalog catalog, PreparedFiles files) : IVideoLibrary
{
    /// <inheritdoc/>
    public VideoRecord Load(long id)
    {
        var (record, stamp, prepared) = catalog.LoadUnchecked(id);
        if (files.StampOf(id) is { } expected)
        {
            if (WhyNot(prepared, expected, record, stamp) is { } why)
            {
                files.Lost(record.Path, why);
            }
            else
            {
                // A source that was moved away, to save its space, is not missed; one that was replaced is another video.
                if (FileStamp.Of(record.Path) is not null) stamp.Check(record.Path);
                return record with { Prepared = prepared!.Record with { Width = record.Width, Height = record.Height } };
            }
        }

        stamp.Check(record.Path);
        return record;
    }

    /// <inheritdoc/>
    public string PathOf(long id) => catalog.PathOf(id);

    private static string? WhyNot(PreparedVideo? prepared, FileStamp expected, VideoRecord record, FileStamp source)
    {
        if (prepared is null) return "The catalogue no longer knows a prepared file that it knew.";
        var path = prepared.Record.Path;
        var madeOf = new FileStamp(prepared.SourceSize, prepared.SourceModifiedTicks);
        if (madeOf != source || prepared.Record.Frames.Count != record.Frames.Count)
            return $"{path} was made of an earlier version of its source.";
        if (new FileStamp(prepared.Size, prepared.ModifiedTicks) != expected) return $"{path} was made anew meanwhile.";
        return FileStamp.Of(path) == expected ? null : $"{path} is gone or has changed.";
    }
}
