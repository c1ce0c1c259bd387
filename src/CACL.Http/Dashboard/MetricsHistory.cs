using CACL.Data.Files;

namespace CACL.Http.Dashboard;

/// <summary>
/// Reads the series of metrics.jsonl over a range of steps. It reads the file once, and from then on only what was added. A range too short
/// for the resolution kept in memory is read again from its place in the file. Thread-safe: requests wait for one another.
/// </summary>
internal sealed class MetricsHistory(string path) : IDisposable
{
    /// <summary>Most points of a series.</summary>
    public const int MostPoints = 4000;

    /// <summary>Most buckets in memory: 1 MB a series.</summary>
    private const int MostBuckets = 1 << 15;
    private const int MostTail = 4096;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private StepBuckets _buckets = New();
    private long _read;
    private byte[] _tail = [];

    /// <summary>Returns the series over a range of steps.</summary>
    /// <param name="from">First step; null: the first there is.</param>
    /// <param name="to">Last step; null: the last there is.</param>
    /// <param name="points">Most points a series, 1 to <see cref="MostPoints"/>.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<MetricsRange> OverAsync(long? from, long? to, int points, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // Reading takes disk and processor: it must not hold the thread that serves connections.
            return await Task.Run(() => Over(from, to, points, cancel), cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static StepBuckets New() => new(first: 0, MostBuckets, width: 1);

    private MetricsRange Over(long? from, long? to, int points, CancellationToken cancel)
    {
        if (!File.Exists(path))
        {
            (_buckets, _read, _tail) = (New(), 0, []);
            return new MetricsRange(0, 0, []);
        }

        using var file = RegularFile.OpenRead(path, bufferSize: 0);
        Update(file, cancel);
        if (_buckets.Begun is not { } begun) return new MetricsRange(0, 0, []);
        var (low, high) = (Math.Max(from ?? begun, begun), Math.Min(to ?? _buckets.Last, _buckets.Last));
        if (high < low) return new MetricsRange(low, high, []);
        var held = (high - low) / _buckets.Width >= points || _buckets.Width == 1 ? _buckets : Fine(file, low, high, points, cancel);
        return new MetricsRange(low, high, [.. held.Over(low, high, points)]);
    }

    // A resumed run may have cut the file, which may have grown again since: then the bytes before the place read last differ.
    private void Update(FileStream file, CancellationToken cancel)
    {
        if (file.Length < _read || !TailIsTheSame(file)) (_buckets, _read, _tail) = (New(), 0, []);
        if (file.Length == _read) return;
        _read = MetricsFile.Read(file, _read, file.Length, _buckets, cancel);
        _tail = Tail(file);
    }

    private bool TailIsTheSame(FileStream file) => _tail.AsSpan().SequenceEqual(Tail(file));

    private byte[] Tail(FileStream file)
    {
        var tail = new byte[(int)Math.Min(MostTail, _read)];
        file.Seek(_read - tail.Length, SeekOrigin.Begin);
        file.ReadExactly(tail);
        return tail;
    }

    private StepBuckets Fine(FileStream file, long low, long high, int points, CancellationToken cancel)
    {
        var fine = new StepBuckets(low, 2 * points, Math.Max(1, (high - low + 1) / (2 * points)));
        var begin = _buckets.OffsetOf(low) ?? 0;
        MetricsFile.Read(file, begin, _buckets.OffsetOf(high + _buckets.Width) ?? _read, new Within(fine, low, high), cancel);
        return fine;
    }

    private sealed class Within(StepBuckets inner, long low, long high) : MetricsFile.IReader
    {
        public bool Begin(long step, long offset) => step >= low && step <= high && inner.Begin(step, offset);

        public void Number(int place, ReadOnlySpan<byte> name, double value) => inner.Number(place, name, value);
    }
}

/// <summary>Series over a range of steps.</summary>
/// <param name="From">First step.</param>
/// <param name="To">Last step.</param>
/// <param name="Series">Name and points of each.</param>
internal sealed record MetricsRange(long From, long To, IReadOnlyList<(string Name, List<MetricsPoint> Points)> Series);
