using CACL.Data.Sampling;
using CACL.Data.Wording;
using Microsoft.Data.Sqlite;

namespace CACL.Data.Catalog;

/// <summary>
/// What is known about every video without opening it: one SQLite file with a row per video. Thread-safe: one connection behind a lock
/// (reading a record takes some tens of microseconds, decoding its frames milliseconds). Other processes may read and scan the same file
/// meanwhile (WAL).
/// </summary>
public sealed class VideoCatalog : IVideoLibrary, IDisposable
{
    private readonly CatalogFile _file;

    private VideoCatalog(CatalogFile file) => _file = file;

    /// <summary>Absolute path of the catalogue file.</summary>
    public string Path => _file.Path;

    /// <summary>Opens a catalogue, or creates an empty one where there is no file.</summary>
    /// <exception cref="CatalogException">The file is not a catalogue, is of a newer version, is damaged, or cannot be written.</exception>
    public static VideoCatalog Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new VideoCatalog(CatalogFile.Open(path));
    }

    /// <summary>Opens a catalogue like <see cref="Open"/>, but reports a missing file as an error that names the remedy.</summary>
    /// <exception cref="CatalogException">As <see cref="Open"/>, or there is no such file.</exception>
    public static VideoCatalog OpenExisting(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (System.IO.File.Exists(path)) return Open(path);
        var full = System.IO.Path.GetFullPath(path);
        throw new CatalogException($"There is no catalogue {full}. Make it with: {CommandLines.ScanVideos} DIR --catalog {full}");
    }

    /// <summary>
    /// Returns the usable videos with at least <paramref name="minFrames"/> frames, ordered by path (bytes of UTF-8), which makes a run
    /// deterministic whatever the order in which the scan found them. Reads only a covering index: 24 bytes per video stay in memory.
    /// </summary>
    /// <param name="minFrames">stride + 1.</param>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public VideoShape[] LoadUsable(int minFrames, VideoRoots? within = null) => LoadUsableCountingStills(minFrames, within, out _);

    /// <summary>Does the same, and counts in the same pass what <see cref="CountStills"/> does.</summary>
    /// <param name="minFrames">stride + 1.</param>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    /// <param name="stills">How many of the usable videos, with enough frames or not, are still images.</param>
    public VideoShape[] LoadUsableCountingStills(int minFrames, VideoRoots? within, out int stills)
    {
        var (shapes, counted) = _file.Guarded("Reading", connection => CatalogShapes.Usable(connection, minFrames, within));
        stills = counted;
        return shapes;
    }

    /// <summary>
    /// Returns the videos of <see cref="LoadUsable"/> and those that a later scan found to have vanished: the sequence of videos as it was
    /// before that scan, as long as none was changed or added.
    /// </summary>
    /// <param name="minFrames">stride + 1.</param>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    /// <param name="among">Only these rows; null: all.</param>
    public VideoShape[] LoadUsableAndVanished(int minFrames, VideoRoots? within = null, RowSet? among = null) =>
        _file.Guarded("Reading", connection => CatalogShapes.UsableAndVanished(connection, minFrames, within, among));

    /// <summary>
    /// Passes on the paths of some rows, one at a time, in the order of <see cref="LoadUsable"/>; a row that is not
    /// there has none.
    /// </summary>
    /// <param name="ids">The rows.</param>
    /// <param name="path">Receives each path; it must not use the catalogue.</param>
    public void ForEachPath(RowSet ids, Action<string> path) => _file.Guarded("Reading", connection =>
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, path FROM videos ORDER BY path";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (ids.Contains(reader.GetInt64(0))) path(reader.GetString(1));
        }

        return 0;
    });

    /// <summary>Returns the record of one video.</summary>
    /// <param name="id">Row of the catalogue, as in <see cref="LoadUsable"/>.</param>
    /// <param name="checkFile">Whether to compare the file's size and modification time with those of the scan.</param>
    /// <exception cref="VideoUnusableException">The file is gone, has changed since the scan, or is not usable.</exception>
    /// <exception cref="CatalogException">The catalogue cannot be read, or has no such row.</exception>
    public VideoRecord Load(long id, bool checkFile = true)
    {
        var (record, stamp) = _file.Guarded("Reading", _ => _file.Records.Load(id));
        if (checkFile) stamp.Check(record.Path);
        return record;
    }

    VideoRecord IVideoLibrary.Load(long id) => Load(id);

    /// <inheritdoc/>
    public string PathOf(long id)
    {
        try
        {
            return LoadUnchecked(id).Record.Path;
        }
        catch (VideoUnusableException fault)
        {
            return fault.Path;
        }
    }

    /// <summary>Writes what is known about prepared files, in one transaction; a row of the same source is replaced.</summary>
    /// <exception cref="CatalogException">The catalogue cannot be written; no row is.</exception>
    public void NotePrepared(IReadOnlyCollection<PreparedVideo> videos) => _file.Guarded("Writing to", connection =>
    {
        ArgumentNullException.ThrowIfNull(videos);
        if (videos.Count > 0) CatalogPreparations.Write(connection, videos);
        return 0;
    });

    /// <summary>
    /// Lists the usable videos by path, each with its prepared file if one is known; looks whether the prepared files are as they were
    /// made.
    /// </summary>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public IReadOnlyList<ListedVideo> List(VideoRoots? within = null) => [.. Listed(within).Select(listed =>
        listed.Video.Prepared is { Fault: null } prepared && FileStamp.Of(prepared.Path) != listed.Prepared
            ? listed.Video with { Prepared = prepared with { Fault = "it is gone or has changed since it was made" } }
            : listed.Video)];

    /// <summary>
    /// Writes rows in one transaction; a row with the same path is replaced, keeps its id and is no longer marked as vanished.
    /// </summary>
    /// <returns>The ids of the rows, in order.</returns>
    /// <exception cref="CatalogException">The catalogue cannot be written; no row is.</exception>
    public long[] UpsertBatch(IReadOnlyList<CatalogEntry> entries) => _file.Guarded("Writing to", connection =>
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var transaction = connection.BeginTransaction();
        using var writer = new CatalogWriter(connection, transaction);
        var ids = new long[entries.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = writer.Write(entries[i]);
        transaction.Commit();
        return ids;
    });

    /// <summary>
    /// Marks rows whose files are gone as vanished, or removes the mark. Marked rows are not used, and their files are not read again if
    /// they come back unchanged.
    /// </summary>
    public void MarkVanished(IReadOnlyCollection<long> ids, bool vanished = true) => _file.Guarded("Writing to", connection =>
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0) return 0;
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE videos SET vanished = $vanished WHERE id = $id";
        command.Parameters.AddWithValue("$vanished", vanished ? 1 : 0);
        var parameter = command.Parameters.Add("$id", SqliteType.Integer);
        foreach (var id in ids)
        {
            parameter.Value = id;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return 0;
    });

    /// <summary>
    /// Returns whether everything named was read: each folder, or one above it, was scanned to the end; each file named one by one has a
    /// row or does not exist; and no decoder failed in between. Later changes are not looked for: see <see cref="CatalogDrift"/>.
    /// </summary>
    /// <param name="roots">The folders, lists and files.</param>
    public bool IsScanned(VideoRoots roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        return _file.Guarded("Reading", connection =>
        {
            var scanned = CatalogSchema.Scanned(connection);
            if (!roots.Folders.All(folder => scanned.Exists(above => VideoRoots.IsWithin(folder, above)))) return false;
            if (roots.Files.Any(path => !roots.IsBelowFolders(path) && IsUnknown(path))) return false;
            using var command = connection.CreateCommand();
            command.CommandText =
                $"SELECT path FROM {CatalogIndices.Unusable(connection)} AND reason = '{UnusableReason.Decoder}' AND vanished = 0";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (roots.Contains(reader.GetString(0))) return false;
            }

            return true;
        });

        bool IsUnknown(string path) => _file.Records.Find(path) is null && FileStamp.Of(path) is not null;
    }

    /// <summary>Returns how many videos there are, and why the others are not used.</summary>
    /// <param name="minFrames">Least number of frames of a usable video: stride + 1.</param>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public CatalogCounts Counts(int minFrames, VideoRoots? within = null) => _file.Guarded("Reading", connection =>
    {
        var (usable, tooShort, vanished, stills) = (0, 0, 0, 0);
        var unusable = new SortedDictionary<UnusableReason, int>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT reason, frames, vanished, path FROM videos";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (within is not null && !within.Contains(reader.GetString(3))) continue;
            if (reader.GetInt32(2) != 0) vanished++;
            else if (CatalogRecords.ReasonAt(reader, 0) is { } reason) unusable[reason] = unusable.GetValueOrDefault(reason) + 1;
            else if (reader.GetInt32(1) >= minFrames) usable++;
            else if (VideoFileTypes.IsStill(reader.GetString(3))) stills++;
            else tooShort++;
        }

        return new CatalogCounts(usable, tooShort, unusable, vanished, stills);
    });

    /// <summary>Returns how many of the usable videos are still images.</summary>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public int CountStills(VideoRoots? within = null) => _file.Guarded("Reading", connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT path FROM {CatalogIndices.Usable}";
        using var reader = command.ExecuteReader();
        var count = 0;
        while (reader.Read())
        {
            var path = reader.GetString(0);
            if (VideoFileTypes.IsStill(path) && (within is null || within.Contains(path))) count++;
        }

        return count;
    });

    /// <summary>Returns how many videos were read by older rules than this program's. A scan reads them again, changed or not.</summary>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public int CountOutdated(VideoRoots? within = null) => _file.Guarded("Reading", connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT path, reading_rules FROM {CatalogIndices.Outdated(connection)}";
        using var reader = command.ExecuteReader();
        var count = 0;
        while (reader.Read())
        {
            var path = reader.GetString(0);
            if (reader.GetInt32(1) < CatalogSchema.ReadingRulesOf(path) && (within is null || within.Contains(path))) count++;
        }

        return count;
    });

    /// <summary>
    /// Returns the videos that <see cref="LoadUsable"/> leaves out, except those that vanished, ordered by path, each with its reason.
    /// Still images that nothing is wrong with are not among them.
    /// </summary>
    /// <param name="minFrames">stride + 1; a video with fewer frames is too short.</param>
    /// <param name="within">Only videos that these folders, lists and files name; null: all videos.</param>
    public IReadOnlyList<UnusableVideo> LoadUnusable(int minFrames, VideoRoots? within = null) => _file.Guarded("Reading", connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT path, reason, message, frames FROM {CatalogIndices.Unusable(connection)} AND vanished = 0 UNION ALL
            SELECT path, reason, NULL, frames FROM {CatalogIndices.Usable} AND frames < $min ORDER BY path
            """;
        command.Parameters.AddWithValue("$min", minFrames);
        var videos = new List<UnusableVideo>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var path = reader.GetString(0);
            if (within is not null && !within.Contains(path)) continue;
            if (reader.IsDBNull(1) && VideoFileTypes.IsStill(path)) continue;
            videos.Add(CatalogRecords.ReasonAt(reader, 1) is { } reason
                ? new UnusableVideo(path, reason, reader.GetString(2))
                : new UnusableVideo(
                    path, UnusableReason.TooShort, $"{path} is too short: frames {reader.GetInt32(3)}, a pair needs {minFrames}."));
        }

        return videos;
    });

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The open file, for what concerns catalogues as such and not their videos.</summary>
    internal CatalogFile File => _file;

    /// <summary>Returns what is known about a path, or null.</summary>
    internal KnownFile? Find(string path) => _file.Guarded("Reading", _ => _file.Records.Find(path));

    /// <summary>Returns the record of one video, the stamp of its file at the scan, and what is known about its prepared file.</summary>
    /// <exception cref="VideoUnusableException">The video is not usable.</exception>
    internal (VideoRecord Record, FileStamp Stamp, PreparedVideo? Prepared) LoadUnchecked(long id) => _file.Guarded("Reading", _ =>
    {
        var (record, stamp) = _file.Records.Load(id);
        return (record, stamp, _file.Records.LoadPrepared(id));
    });

    /// <summary>
    /// Passes on the usable videos that have a prepared file, with the stamp of that file in the catalogue, by path; looks at no file. The
    /// receiver must not use the catalogue.
    /// </summary>
    internal void ForEachPrepared(Action<long, ListedPreparation, FileStamp> prepared) => _file.Guarded("Reading", connection =>
    {
        CatalogPreparations.ForEach(connection, prepared);
        return 0;
    });

    /// <summary>Returns what <see cref="List"/> does, and the stamps of the catalogue; looks at no file.</summary>
    internal IReadOnlyList<(ListedVideo Video, FileStamp Source, FileStamp? Prepared)> Listed(VideoRoots? within = null) =>
        _file.Guarded("Reading", connection => CatalogPreparations.List(connection, within));

    /// <summary>Forgets the prepared files of videos.</summary>
    internal void ForgetPrepared(IReadOnlyCollection<long> videos) => _file.Guarded("Writing to", connection =>
    {
        if (videos.Count > 0) CatalogPreparations.Remove(connection, videos);
        return 0;
    });

    /// <summary>Returns whether a path is known and was there when it was last looked for.</summary>
    internal bool Holds(string path) => Find(path) is { Vanished: false };

    /// <summary>Notes the folders that a scan walked to the end, everything below them having been read.</summary>
    internal void NoteScanned(IEnumerable<string> folders) => _file.Guarded("Writing to", connection =>
    {
        CatalogIndices.Ensure(connection);
        CatalogSchema.NoteScanned(connection, folders);
        return 0;
    });

    /// <summary>Passes on each row that is not marked as vanished, with its path. The receiver must not use the catalogue.</summary>
    internal void ForEachPresent(Action<long, string> row) => _file.Guarded("Reading", connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, path FROM videos WHERE vanished = 0";
        using var reader = command.ExecuteReader();
        while (reader.Read()) row(reader.GetInt64(0), reader.GetString(1));
        return 0;
    });

    /// <summary>Limits the file to a number of pages, after which SQLite reports a full disk, as tests need it to.</summary>
    internal void LimitPages(int pages) => _file.Guarded("Reading", connection =>
    {
        CatalogSchema.Execute(connection, $"PRAGMA max_page_count = {pages}");
        return 0;
    });
}
