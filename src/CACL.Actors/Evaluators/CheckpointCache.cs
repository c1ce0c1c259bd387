using CACL.Data.Files;
using CACL.Learning.Weights;

namespace CACL.Actors.Evaluators;

/// <summary>
/// A worker's folder of fetched checkpoints: a folder for each, named by the hash of its manifest, which vouches for all other files. What
/// is there is checked against its hashes whenever it is used, and fetched anew if it is damaged. The folder stays within its bound: the
/// checkpoint that was used longest ago goes first, none in use ever. Thread-safe; one process uses a folder at a time.
/// </summary>
public sealed class CheckpointCache : IDisposable
{
    private const string Partial = ".part";
    private const int MostWorkers = 256;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;
    private readonly long _most;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private CheckpointCache(string own, FileStream claim, long most)
    {
        (Folder, Work, _lock, _most) = (Path.Combine(own, "checkpoints"), Path.Combine(own, "evaluations"), claim, most);
        if (Directory.Exists(Work)) Directory.Delete(Work, recursive: true); // of a worker that was killed
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Work);
    }

    /// <summary>The folder of the checkpoints, absolute.</summary>
    public string Folder { get; }

    /// <summary>A folder beside it for what is made of them, absolute and empty at first.</summary>
    public string Work { get; }

    /// <summary>Opens a folder. Workers that share it, on one machine, each have a folder of their own in it.</summary>
    /// <param name="folder">The folder, absolute; made if it is missing.</param>
    /// <param name="most">Bytes that this worker's checkpoints may take.</param>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static CheckpointCache Open(string folder, long most)
    {
        for (var number = 1; ; number++)
        {
            var own = Path.Combine(folder, $"{number}");
            Directory.CreateDirectory(own);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(own, Owner); // fails where the folder is another user's
            FileStream claim;
            try
            {
                claim = RegularFile.Open(Path.Combine(own, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (number < MostWorkers && File.Exists(Path.Combine(own, "lock")))
            {
                continue; // another worker has it
            }

            return new CheckpointCache(own, claim, most);
        }
    }

    /// <summary>Returns a checkpoint, fetched if it is not there, checked, and kept until the caller disposes of it.</summary>
    /// <param name="parts">Its files, the manifest first.</param>
    /// <param name="fetch">Fetches a piece of a file.</param>
    /// <param name="cancel">Cancels; what has come is kept.</param>
    /// <exception cref="InvalidDataException">It came damaged, more than once; or it does not fit.</exception>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public async Task<CachedCheckpoint> GetAsync(IReadOnlyList<CheckpointPart> parts, FetchPiece fetch, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Check(parts);
        var entry = Hold(parts[0].Sha256);
        try
        {
            await entry.Turn.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                var folder = Path.Combine(Folder, parts[0].Sha256);
                var fetched = await MakeSureAsync(entry, folder, parts, fetch, cancel).ConfigureAwait(false);
                Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
                return new CachedCheckpoint(folder, fetched, () => LetGo(parts[0].Sha256));
            }
            finally
            {
                entry.Turn.Release();
            }
        }
        catch
        {
            LetGo(parts[0].Sha256);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private async Task<long> MakeSureAsync(
        Entry entry, string folder, IReadOnlyList<CheckpointPart> parts, FetchPiece fetch, CancellationToken cancel)
    {
        if (Directory.Exists(folder))
        {
            if (await Task.Run(() => CheckpointFetch.Damaged(folder, parts), cancel).ConfigureAwait(false) is []) return 0;
            Directory.Delete(folder, recursive: true);
        }

        MakeRoom(entry, parts.Sum(part => part.Bytes));
        try
        {
            var fetched = await CheckpointFetch.IntoAsync(folder + Partial, parts, fetch, cancel).ConfigureAwait(false);
            FileSync.Rename(folder + Partial, folder);
            return fetched;
        }
        finally
        {
            lock (_gate) entry.Bytes = 0; // its size is on the disk from now on
        }
    }

    private Entry Hold(string name)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(name, out var entry)) _entries[name] = entry = new Entry(name);
            entry.Users++;
            return entry;
        }
    }

    private void LetGo(string name)
    {
        lock (_gate)
        {
            if (--_entries[name].Users == 0) _entries.Remove(name);
        }
    }

    // Whatever the disk holds counts, complete or not, and what is being fetched counts as a whole.
    private void MakeRoom(Entry entry, long bytes)
    {
        lock (_gate)
        {
            var there = new DirectoryInfo(Folder).GetDirectories().Select(found => (found, Name: NameOf(found), Bytes: SizeOf(found)))
                .Where(found => _entries.GetValueOrDefault(found.Name) is not { Bytes: > 0 } && found.Name != entry.Name)
                .OrderBy(found => found.found.LastWriteTimeUtc).ToList();
            var left = _most - bytes - _entries.Values.Sum(other => other.Bytes) - there.Sum(found => found.Bytes);
            foreach (var (old, _, freed) in there.Where(found => !_entries.ContainsKey(found.Name)))
            {
                if (left >= 0) break;
                old.Delete(recursive: true);
                left += freed;
            }

            if (left < 0)
            {
                throw new InvalidDataException(
                    $"its folder for checkpoints has no room for {bytes / 1e6:0.#} MB more within {_most / 1e6:0.#} MB");
            }

            entry.Bytes = bytes;
        }
    }

    private static string NameOf(DirectoryInfo folder) =>
        folder.Name.EndsWith(Partial, StringComparison.Ordinal) ? folder.Name[..^Partial.Length] : folder.Name;

    private static long SizeOf(DirectoryInfo folder) => folder.EnumerateFiles().Sum(file => file.Length);

    private static void Check(IReadOnlyList<CheckpointPart> parts)
    {
        var sound = parts.Count > 0 && parts.Select(part => part.Name).Distinct().Count() == parts.Count && parts.All(part =>
            EvaluatorLimits.IsPlain(part.Name) && part.Bytes >= 0
                && part.Sha256.Length == 64 && part.Sha256.All(char.IsAsciiHexDigitLower));
        if (!sound) throw new InvalidDataException("what it is to fetch is no checkpoint");
    }

    private sealed class Entry(string name)
    {
        public string Name => name;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }

        // While it is fetched, its whole size.
        public long Bytes { get; set; }
    }
}

/// <summary>A checkpoint of a cache, which stays until this is disposed of.</summary>
public sealed class CachedCheckpoint(string folder, long fetched, Action letGo) : IDisposable
{
    private Action? _letGo = letGo;

    /// <summary>Its folder.</summary>
    public string Folder => folder;

    /// <summary>Bytes that had to be fetched for it; 0: it was there.</summary>
    public long Fetched => fetched;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _letGo, null)?.Invoke();
}
