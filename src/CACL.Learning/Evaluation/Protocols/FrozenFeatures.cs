using CACL.Data.DataSets;
using CACL.Data.Wording;
using static TorchSharp.torch;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>One training image as the linear protocol sees it.</summary>
/// <param name="Rows">[height·width, C] float32 on the device; in the caller's dispose scope.</param>
/// <param name="Height">Rows of the feature map.</param>
/// <param name="Width">Columns of the feature map.</param>
internal sealed record ImageFeatures(Tensor Rows, int Height, int Width);

/// <summary>
/// A frozen backbone's features of the training images, computed once; an image and its mirror image are two entries. Entries are kept in
/// memory up to a limit, then in a file up to another; those beyond both are computed each time. Labels are kept in memory within its
/// limit, too, or read each time. Owns its tensors; used by one thread.
/// </summary>
internal sealed class FrozenFeatures : IDisposable
{
    private readonly ISegmentationDataSet _data;
    private readonly IReadOnlyList<SegmentationItem> _items;
    private readonly Representation _representation;
    private readonly int _imageSize;
    private readonly FeatureOptions _options;
    private readonly EvaluationContext _context;
    private readonly Dictionary<(int Image, bool Mirrored), Entry> _entries = [];
    private readonly ColumnMajorLabels?[] _labels;
    private readonly long _memoryBound;
    private FeatureFile? _file;
    private long _memory;
    private bool _memoryFull;
    private bool _diskFull;

    /// <param name="data">The data set.</param>
    /// <param name="items">The training images.</param>
    /// <param name="representation">The backbone; stays the caller's.</param>
    /// <param name="imageSize">Longest side of an image, 0: any; labels are downscaled with it.</param>
    /// <param name="options">Where features are kept.</param>
    /// <param name="context">Device, log, progress.</param>
    public FrozenFeatures(
        ISegmentationDataSet data, IReadOnlyList<SegmentationItem> items, Representation representation, int imageSize,
        FeatureOptions options, EvaluationContext context)
    {
        (_data, _items, _representation, _imageSize, _options, _context) = (data, items, representation, imageSize, options, context);
        _labels = new ColumnMajorLabels?[items.Count];
        _memoryFull = options.Storage == FeatureStorage.Disk;
        _diskFull = options.Storage == FeatureStorage.Memory;
        // A limit above what the machine, or its container, has would lead to the out-of-memory killer.
        _memoryBound = Math.Min(options.MemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
    }

    /// <summary>Number of images.</summary>
    public int Count => _items.Count;

    /// <summary>Computes these entries and keeps what fits.</summary>
    public void Fill(IReadOnlyList<(int Image, bool Mirrored)> wanted)
    {
        for (var i = 0; i < wanted.Count && !(_memoryFull && _diskFull); i++)
        {
            _context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Read(wanted[i].Image, wanted[i].Mirrored);
            _context.Progress(new EvaluationProgress("features", i + 1, wanted.Count));
        }

        var onDisk = _entries.Values.Count(e => e.Offset >= 0);
        var kept = $"{_entries.Count - onDisk} in memory, {onDisk} on disk";
        _context.Note(_entries.Count >= wanted.Count
            ? $"Features of {wanted.Count} images and mirror images are kept: {kept}."
            : $"The features of {_entries.Count} of {wanted.Count} images and mirror images are kept ({kept}); the others are computed "
                + $"each time, which is slow: raise {SettingNames.FeaturesMemory} or .disk, or use float16.");
    }

    /// <summary>Returns an entry, read from where it is kept, or computed.</summary>
    public ImageFeatures Read(int image, bool mirrored)
    {
        if (_entries.TryGetValue((image, mirrored), out var entry)) return Kept(entry);
        var made = Compute(image, mirrored);
        Keep((image, mirrored), made);
        return made;
    }

    /// <summary>Returns an image's labels, in the size in which the protocol sees it.</summary>
    public ColumnMajorLabels Labels(int image)
    {
        if (_labels[image] is { } kept) return kept;
        var labels = _data.ReadLabels(_items[image]);
        var (height, width) = ImageTensor.Shrunk(labels.Height, labels.Width, _imageSize);
        var columns = new ColumnMajorLabels(ImageTensor.Resize(labels, height, width));
        if (_memory + columns.Values.Length <= _memoryBound)
        {
            _memory += columns.Values.Length;
            _labels[image] = columns;
        }

        return columns;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries.Values) entry.Values?.Dispose();
        _file?.Dispose();
    }

    private ImageFeatures Compute(int image, bool mirrored)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // The pair is read, so that an image and a label of different sizes are reported by name.
        var x = ImageTensor.Of(_data.ReadPair(_items[image]).Image, _imageSize, _context.Device);
        if (mirrored) x = x.flip(3);
        var features = _representation.Features(x);
        var (height, width) = ((int)features.shape[2], (int)features.shape[3]);
        var rows = features.permute(0, 2, 3, 1).reshape(height * width, features.shape[1]);
        // What is kept in half precision is rounded from the first use on.
        if (_options.Half) rows = rows.to(float16).to(float32);
        return new ImageFeatures(rows.MoveToOuterDisposeScope(), height, width);
    }

    private void Keep((int Image, bool Mirrored) key, ImageFeatures made)
    {
        if (_memoryFull && _diskFull) return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var values = made.Rows.to(_options.Half ? float16 : float32, copy: true);
        var bytes = values.numel() * values.element_size();
        if (!_memoryFull)
        {
            if (_memory + bytes <= _memoryBound)
            {
                _memory += bytes;
                _entries[key] = new Entry(values.DetachFromDisposeScope(), -1, made.Height, made.Width);
                return;
            }

            _memoryFull = true;
        }

        if (_diskFull) return;
        _file ??= new FeatureFile(_options.Folder, _options.DiskBytes);
        if (_file.TryAppend(values.cpu(), out var offset)) _entries[key] = new Entry(null, offset, made.Height, made.Width);
        else _diskFull = true;
    }

    private ImageFeatures Kept(Entry entry)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var values = entry.Values;
        if (values is null)
        {
            values = empty([entry.Height * entry.Width, _representation.Channels], _options.Half ? float16 : float32, CPU);
            _file!.Read(entry.Offset, values);
            values = values.to(_context.Device);
        }

        var rows = values.dtype == float32 ? values.alias() : values.to(float32);
        return new ImageFeatures(rows.MoveToOuterDisposeScope(), entry.Height, entry.Width);
    }

    /// <summary>Where an entry is: in memory, or in the file from <paramref name="Offset"/> on.</summary>
    private sealed record Entry(Tensor? Values, long Offset, int Height, int Width);
}
