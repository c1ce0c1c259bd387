using System.Text;

namespace CACL.Http.Dashboard;

/// <summary>
/// Keeps the smallest, largest and mean value of each series in buckets, each of which covers the same number of steps. When all buckets
/// are full, each pair of neighbours is merged into one. So a run of any length takes the same memory, and no peak is lost.
/// </summary>
/// <param name="first">The first step of the first bucket.</param>
/// <param name="most">Number of buckets, even.</param>
/// <param name="width">Steps of a bucket at first.</param>
internal sealed class StepBuckets(long first, int most, long width) : MetricsFile.IReader
{
    private const int MostSeries = 32;
    private const long NoLine = -1;

    private readonly List<Series> _series = [];
    private readonly long[] _offsets = Filled(most);
    private int _bucket;

    /// <summary>Steps of a bucket.</summary>
    public long Width { get; private set; } = width;

    /// <summary>The last step; <c>first − 1</c> before any.</summary>
    public long Last { get; private set; } = first - 1;

    /// <summary>The step of the first line; null before any.</summary>
    public long? Begun { get; private set; }

    /// <summary>Buckets in use.</summary>
    private int Used => Last < first ? 0 : (int)((Last - first) / Width) + 1;

    /// <inheritdoc/>
    public bool Begin(long step, long offset)
    {
        // A step that the file holds twice counts once.
        if (step <= Last) return false;
        while ((step - first) / Width >= most) Halve();
        Last = step;
        Begun ??= step;
        _bucket = (int)((step - first) / Width);
        if (_offsets[_bucket] == NoLine) _offsets[_bucket] = offset;
        return true;
    }

    /// <inheritdoc/>
    public void Number(int place, ReadOnlySpan<byte> name, double value)
    {
        if (place >= _series.Count || !name.SequenceEqual(_series[place].Name))
        {
            place = Find(name);
            if (place < 0) return;
        }

        _series[place].Add(_bucket, value);
    }

    /// <summary>Returns the file offset of the first line in this step's bucket or a later one; null where there is none.</summary>
    public long? OffsetOf(long step)
    {
        for (var i = (int)Math.Max(0, (step - first) / Width); i < Used; i++)
        {
            if (_offsets[i] != NoLine) return _offsets[i];
        }

        return null;
    }

    /// <summary>Returns the series over a range of steps, each in at most so many points.</summary>
    public IEnumerable<(string Name, List<MetricsPoint> Points)> Over(long from, long to, int points)
    {
        if (Last < first || to < from) yield break;
        var (low, high) = ((int)((Math.Max(from, first) - first) / Width), (int)((Math.Min(to, Last) - first) / Width));
        var together = Math.Max(1, (high - low + points) / points);
        foreach (var series in _series)
        {
            var line = new List<MetricsPoint>();
            for (var i = low; i <= high; i += together)
            {
                var end = Math.Min(i + together - 1, high);
                var middle = first + (i * Width) + (((end - i + 1) * Width) - 1) / 2;
                if (series.Over(i, end) is { Count: > 0 } found)
                    line.Add(new MetricsPoint(Math.Min(middle, Last), found.Min, found.Max, found.Sum / found.Count));
            }

            if (line.Count > 0) yield return (Encoding.UTF8.GetString(series.Name), line);
        }
    }

    private static long[] Filled(int length)
    {
        var offsets = new long[length];
        Array.Fill(offsets, NoLine);
        return offsets;
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _series.Count; i++)
        {
            if (name.SequenceEqual(_series[i].Name)) return i;
        }

        if (_series.Count == MostSeries) return -1;
        _series.Add(new Series(name.ToArray(), most));
        return _series.Count - 1;
    }

    private void Halve()
    {
        foreach (var series in _series) series.Halve();
        for (var i = 0; i < most / 2; i++) _offsets[i] = _offsets[2 * i] != NoLine ? _offsets[2 * i] : _offsets[(2 * i) + 1];
        Array.Fill(_offsets, NoLine, most / 2, most - (most / 2));
        Width *= 2;
    }

    private struct Bucket
    {
        public double Min;
        public double Max;
        public double Sum;
        public long Count;

        public void Add(in Bucket other)
        {
            if (other.Count == 0) return;
            Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
            Max = Count == 0 ? other.Max : Math.Max(Max, other.Max);
            Sum += other.Sum;
            Count += other.Count;
        }
    }

    private sealed class Series(byte[] name, int most)
    {
        private readonly Bucket[] _buckets = new Bucket[most];

        public byte[] Name { get; } = name;

        public void Add(int bucket, double value) => _buckets[bucket].Add(new Bucket { Min = value, Max = value, Sum = value, Count = 1 });

        public Bucket Over(int low, int high)
        {
            var all = default(Bucket);
            for (var i = low; i <= high; i++) all.Add(_buckets[i]);
            return all;
        }

        public void Halve()
        {
            for (var i = 0; i < _buckets.Length / 2; i++)
            {
                var pair = _buckets[2 * i];
                pair.Add(_buckets[(2 * i) + 1]);
                _buckets[i] = pair;
            }

            Array.Clear(_buckets, _buckets.Length / 2, _buckets.Length - (_buckets.Length / 2));
        }
    }
}

/// <summary>A point of a series, which stands for the values of some steps.</summary>
/// <param name="Step">The middle of those steps.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest.</param>
/// <param name="Mean">The mean.</param>
internal readonly record struct MetricsPoint(long Step, double Min, double Max, double Mean);
