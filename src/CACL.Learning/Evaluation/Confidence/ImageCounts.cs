namespace CACL.Learning.Evaluation.Confidence;

/// <summary>
/// The confusion matrices of a split's images, one by one, of which only the counts above 0 are kept: 6 bytes each. An image rarely has
/// more than some dozens, and never more than classes². Their sum is the split's matrix.
/// </summary>
public sealed class ImageCounts
{
    /// <summary>Most classes: a cell's number has 16 bits.</summary>
    public const int MostClasses = 256;

    private readonly List<ushort> _cells = [];
    private readonly List<uint> _pixels = [];
    private readonly List<long> _ends = [];

    /// <summary>Creates an empty list.</summary>
    public ImageCounts(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MostClasses);
        Classes = classes;
    }

    /// <summary>Creates a list from its parts.</summary>
    /// <exception cref="ArgumentException">They do not belong together.</exception>
    internal ImageCounts(int classes, IReadOnlyList<ushort> cells, IReadOnlyList<uint> pixels, IReadOnlyList<long> ends)
        : this(classes)
    {
        if (pixels.Count != cells.Count) throw new ArgumentException($"{pixels.Count} counts do not belong to {cells.Count} cells");
        if (ends.Zip(ends.Prepend(0), (end, begin) => end < begin).Any(falls => falls) || (ends.Count > 0 ? ends[^1] : 0) != cells.Count)
            throw new ArgumentException($"the images' ends do not rise to {cells.Count}, the number of counts");
        if (cells.Any(cell => cell >= classes * classes)) throw new ArgumentException($"a cell is none of {classes}×{classes}");
        (_cells, _pixels, _ends) = ([.. cells], [.. pixels], [.. ends]);
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The number of images.</summary>
    public int Images => _ends.Count;

    /// <summary>The number of each count's cell: label × classes + prediction.</summary>
    internal IReadOnlyList<ushort> Cells => _cells;

    /// <summary>The counts, image after image.</summary>
    internal IReadOnlyList<uint> Pixels => _pixels;

    /// <summary>Where each image's counts end.</summary>
    internal IReadOnlyList<long> Ends => _ends;

    /// <summary>Adds an image.</summary>
    /// <param name="counts">Its confusion matrix: classes × classes, row-major.</param>
    public void Add(IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count != Classes * Classes)
            throw new ArgumentException($"{counts.Count} counts are not {Classes}×{Classes}.", nameof(counts));
        for (var cell = 0; cell < counts.Count; cell++)
        {
            if (counts[cell] == 0) continue;
            _cells.Add((ushort)cell);
            _pixels.Add(checked((uint)counts[cell]));
        }

        _ends.Add(_cells.Count);
    }

    /// <summary>Adds an image's counts to a sum, so many times.</summary>
    /// <param name="image">The image's number.</param>
    /// <param name="times">How often it is added.</param>
    /// <param name="sum">classes × classes, row-major.</param>
    public void AddTo(int image, int times, Span<long> sum)
    {
        for (var i = image == 0 ? 0 : (int)_ends[image - 1]; i < _ends[image]; i++) sum[_cells[i]] += (long)times * _pixels[i];
    }

    /// <summary>Returns the confusion matrix of all images together.</summary>
    public ConfusionMatrix Sum()
    {
        var sum = new long[Classes * Classes];
        for (var image = 0; image < Images; image++) AddTo(image, 1, sum);
        return new ConfusionMatrix(Classes, sum);
    }

    /// <summary>Returns the scores of all images.</summary>
    public SegmentationScores Scores() => Sum().Scores();

    /// <summary>Returns the confusion matrix of one image.</summary>
    public ConfusionMatrix Matrix(int image)
    {
        var counts = new long[Classes * Classes];
        AddTo(image, 1, counts);
        return new ConfusionMatrix(Classes, counts);
    }
}
