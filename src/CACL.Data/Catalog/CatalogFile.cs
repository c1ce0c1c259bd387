using CACL.Data.Files;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>An open catalogue file: one connection behind a lock, whose faults name the file and the remedy.</summary>
internal sealed class CatalogFile : IDisposable
{
    // Long enough for the other process's batch of rows, short enough to be told about a stuck one.
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

    /// <summary>Single rows; only within <see cref="Guarded"/>.</summary>
    internal CatalogRecords Records { get; }

    /// <summary>Opens a catalogue, or makes an empty one where there is no file.</summary>
    /// <exception cref="CatalogException">The file is not a catalogue, of a newer version, damaged, or cannot be written.</exception>
    internal static CatalogFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            // SQLite opens it by its name, and waits where that is a pipe's.
            RegularFile.RequireUnlessMissing(path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (NotARegularFileException error)
        {
            throw new CatalogException($"{error.Message} Name a file with --catalog.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"The folder of the catalogue {path} cannot be made: {error.Message}", error);
        }

        // Not pooled: disposing really closes the file, so that it can be deleted or moved.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
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

    /// <summary>Does something with the file, alone among this process's threads.</summary>
    /// <param name="doing">What, for messages: "Reading", "Writing to".</param>
    /// <param name="action">The work.</param>
    /// <exception cref="CatalogException">SQLite reports a fault.</exception>
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
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Records.Dispose();
            _connection.Dispose();
        }
    }
}
