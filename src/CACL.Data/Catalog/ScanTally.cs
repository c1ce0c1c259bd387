namespace CACL.Data.Catalog;

/// <summary>The numbers of a running scan. Thread-safe.</summary>
internal sealed class ScanTally
{
    private const int ExamplesEach = 3;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<UnusableReason, (int Count, List<ScanProblem> Examples)> _unusable = [];
    private int _found;
    private int _stills;
    private int _unchanged;
    private int _read;
    private int _usable;
    private bool _foundAll;

    internal void Met(string path) => Add(path, 1);

    internal void MetAll()
    {
        lock (_lock) _foundAll = true;
    }

    /// <summary>Notes that a file disappeared between listing and reading.</summary>
    internal void Lost(string path) => Add(path, -1);

    internal void Settled(string path, UnusableReason? reason, string? message, bool read)
    {
        lock (_lock)
        {
            if (read) _read++;
            else _unchanged++;
            if (reason is null)
            {
                _usable++;
                return;
            }

            var (count, examples) = _unusable.TryGetValue(reason.Value, out var known) ? known : (0, []);
            if (examples.Count < ExamplesEach) examples.Add(new ScanProblem(path, message ?? reason.Value.ToString()));
            _unusable[reason.Value] = (count + 1, examples);
        }
    }

    internal ScanProgress Progress()
    {
        lock (_lock) return new ScanProgress(_found, _foundAll, _unchanged, _read, _usable, _unchanged + _read - _usable);
    }

    internal ScanReport Report(VideoWalk walk, int vanished, double seconds)
    {
        lock (_lock)
        {
            var unusable = _unusable.ToDictionary(pair => pair.Key, pair => new UnusableFiles(pair.Value.Count, pair.Value.Examples));
            return new ScanReport(
                _found,
                _unchanged,
                _read,
                _usable,
                unusable,
                vanished,
                walk.Missing,
                walk.MissingCount,
                walk.Unreadable,
                walk.OtherFiles,
                seconds)
            {
                Stills = _stills,
            };
        }
    }

    private void Add(string path, int files)
    {
        lock (_lock)
        {
            _found += files;
            if (VideoFileTypes.IsStill(path)) _stills += files;
        }
    }
}
