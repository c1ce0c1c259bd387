namespace CACL.Data.Catalog;

/// <summary>How far the files on disk have drifted from what a catalogue knows of them. Files are listed, not opened.</summary>
/// <param name="Appeared">Files without a row, or whose row is marked as vanished.</param>
/// <param name="Changed">Files whose size or modification time differs from their row's.</param>
/// <param name="Gone">Rows whose files are no longer there.</param>
public sealed record CatalogDrift(int Appeared, int Changed, int Gone)
{
    /// <summary>Whether files and rows agree.</summary>
    public bool IsNone => this is { Appeared: 0, Changed: 0, Gone: 0 };

    /// <summary>Compares the files on disk with the catalogue's rows.</summary>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="roots">The folders, lists and files to look at.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="CatalogException">The catalogue cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public static CatalogDrift Of(VideoCatalog catalog, VideoRoots roots, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(roots);
        var walk = new VideoWalk(roots, catalog.Holds);
        var met = new RowSet();
        var (appeared, changed, gone) = (0, 0, 0);
        foreach (var file in walk.Files())
        {
            cancel.ThrowIfCancellationRequested();
            if (catalog.Find(file.Path) is not { } known)
            {
                appeared++;
                continue;
            }

            met.Add(known.Id);
            if (known.Vanished) appeared++;
            else if (known.Size != file.Stamp.Size || known.ModifiedTicks != file.Stamp.ModifiedTicks) changed++;
        }

        catalog.ForEachPresent((id, path) =>
        {
            cancel.ThrowIfCancellationRequested();
            if (!met.Contains(id) && roots.Contains(path) && !walk.IsUnlisted(path)) gone++;
        });
        return new CatalogDrift(appeared, changed, gone);
    }
}
