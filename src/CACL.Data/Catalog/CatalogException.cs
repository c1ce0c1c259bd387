using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>The catalogue itself, and not a video, cannot be used. The message is a sentence that names the file and the remedy.</summary>
public sealed class CatalogException : Exception
{
    /// <summary>Creates the exception for a fault of a catalogue file or of what was to be scanned into it.</summary>
    public CatalogException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Returns the message for a cell that is not what this program writes.</summary>
    internal static CatalogException Damaged(Exception error, string path, string doing) => new(
        $"{doing} the catalogue {path} failed: a row is damaged ({error.Message.TrimEnd('.')}). Delete the file and scan again; the videos "
            + "are not touched.",
        error);

    /// <summary>Translates SQLite's primary result code (sqlite.org/rescode.html) into a message for people.</summary>
    internal static CatalogException From(SqliteException error, string path, string doing) => new(
        $"{doing} the catalogue {path} failed: " + error.SqliteErrorCode switch
        {
            5 or 6 => "another process is writing to it. Wait until it is done, then try again.",
            8 => "the file or its folder may not be written. Give write permission or name another file with --catalog.",
            10 => $"the disk reports an error ({error.Message}). Check the disk, then scan again.",
            11 => "the file is damaged. Delete it and scan again; the videos are not touched.",
            13 => "the disk is full. Free some space, then scan again; what was read before is kept.",
            14 => "the file cannot be opened. Its folder must exist and be writable.",
            26 => "the file is not a catalogue (not an SQLite database). Name another one with --catalog, or delete it and scan again.",
            _ => error.Message + ".",
        },
        error);
}
