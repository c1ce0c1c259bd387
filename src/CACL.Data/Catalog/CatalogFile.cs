using CACL.Data.Files;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>An open catalogue file: one connection behind a lock, whose faults name the file and the remedy.</summary>
internal sealed class CatalogFile : IDisposable
{
    // Long enough for another process to write its batch of rows, short enough to hear soon about one that is stuck.
    private const int BusySeconds = 15;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;

    private CatalogFile(SqliteConnection connection, string path)
    {
        _connection = connection;
        Path = path;
        Records = new CatalogRecords(connection, path);
    }

    /// <summary>Absolute path.</summary>
    internal string Path { get; }

    /// <summary>Reads single rows; may be used only within <see cref="Guarded"/>.</summary>
    internal CatalogRecords Records { get; }

    /// <summary>Opens a catalogue, or creates an empty one where there is no file.</summary>
    /// <exception cref="CatalogException">The file is not a catalogue, is of a newer version, is damaged, or cannot be written.</exception>
    internal static CatalogFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            // SQLite opens the file by name, and would wait if that were a named pipe.
            RegularFile.RequireUnlessMissing(path);
            FileSync.MakeFolder(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (NotARegularFileException error)
        {
            throw new CatalogException($"{error.Message} Name a file with --catalog.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The folder of the catalogue {path} cannot be made: {error.Message}", error);
        }

        // The connection is not pooled, so disposing it closes the file, which can then be deleted or moved.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            // What a file of unknown origin defines in its schema must not call functions.
            CatalogSchema.Execute(connection, "PRAGMA trusted_schema = OFF");
            CatalogSchema.Ensure(connection, path);
            CatalogSchema.Execute(connection, "PRAGMA synchronous = NORMAL");
            return new CatalogFile(connection, path);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw CatalogException.From(error, path, "Opening");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs an action on the file while no other thread of this process does.</summary>
    /// <param name="doing">What is being done, for messages: "Reading", "Writing to".</param>
    /// <param name="action">The action.</param>
    /// <exception cref="CatalogException">SQLite reports a fault, or a cell is not what this program writes.</exception>
    internal T Guarded<T>(string doing, Func<SqliteConnection, T> action)
    {
        lock (_lock)
        {
            try
            {
                return action(_connection);
            }
            catch (SqliteException error)
            {
                throw CatalogException.From(error, Path, doing);
            }
            catch (Exception error) when (IsDamage(error))
            {
                throw CatalogException.Damaged(error, Path, doing);
            }
        }
    }

    // A cell that is empty, of another type, or too large for what it stands for.
    private static bool IsDamage(Exception error) =>
        error is InvalidOperationException or InvalidCastException or InvalidDataException or OverflowException or FormatException;

    public void Dispose()
    {
        lock (_lock)
        {
            Records.Dispose();
            _connection.Dispose();
        }
    }
}
