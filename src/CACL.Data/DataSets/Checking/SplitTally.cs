namespace CACL.Data.DataSets.Checking;

/// <summary>Counts the pairs of a split that have no fault. Each thread has its own tally, and these are added up at the end.</summary>
internal sealed class SplitTally(int classes)
{
    private readonly long[] _pixels = new long[classes];
    private readonly int[] _images = new int[classes];
    private readonly Dictionary<(int Width, int Height), int> _sizes = [];
    private int _pairs;
    private long _leftOut;

    public void Add(LabelMap labels)
    {
        Span<long> counts = stackalloc long[byte.MaxValue + 1];
        counts.Clear();
        foreach (var c in labels.Classes) counts[c]++;
        for (var c = 0; c < _pixels.Length; c++)
        {
            _pixels[c] += counts[c];
            if (counts[c] > 0) _images[c]++;
        }

        _leftOut += counts[LabelMap.Ignored];
        _pairs++;
        AddSize((labels.Width, labels.Height), 1);
    }

    public void Add(SplitTally other)
    {
        for (var c = 0; c < _pixels.Length; c++)
        {
            _pixels[c] += other._pixels[c];
            _images[c] += other._images[c];
        }

        _leftOut += other._leftOut;
        _pairs += other._pairs;
        foreach (var (size, count) in other._sizes) AddSize(size, count);
    }

    public SplitReport Report(string split, int faults, string? sha256) => new(
        split,
        _pairs,
        faults,
        sha256,
        [.. _sizes.Select(s =>
            new SizeCount(s.Key.Width, s.Key.Height, s.Value)).OrderByDescending(s => s.Images).ThenBy(s => s.Width).ThenBy(s => s.Height)],
        _pixels.Sum() + _leftOut,
        _leftOut,
        [.. _pixels.Zip(_images, (pixels, images) => new ClassCount(pixels, images))]);

    private void AddSize((int, int) size, int count) => _sizes[size] = _sizes.GetValueOrDefault(size) + count;
}
