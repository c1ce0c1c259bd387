
namespace CACL.Learning.Weights.Import;

/// <summary>
/// Reads weights from a file that torch.save wrote. Nothing in it is executed; storages are read only when a tensor is requested.
/// </summary>
internal sealed class TorchFile : IWeightsSource
{
    private readonly ITorchContainer _container;
    private readonly Dictionary<string, TorchTensor> _tensors = new(StringComparer.Ordinal);

    private TorchFile(string path, ITorchContainer container)
    {
        Path = path;
        _container = container;
        foreach (var (name, tensor) in Guarded(() => TensorTree.Tensors(container.Root).ToArray()))
        {
            // A key with dots can spell the same name as two keys without.
            if (!_tensors.TryAdd(name, tensor)) throw new TorchFileException(path, $"tensor {SafeText.Of(name)}", "occurs twice");
        }

        Tensors = [.. _tensors.Select(t => new SourceTensor(t.Key, t.Value.Storage.Type, t.Value.Shape))];
    }

    public string Path { get; }

    public string Format => _container.Format;

    public IReadOnlyList<SourceTensor> Tensors { get; }

    /// <summary>Opens a file and finds its tensors.</summary>
    /// <exception cref="TorchFileException">The file is not of this kind, contains more than weights, or is damaged.</exception>
    public static TorchFile Open(string path)
    {
        ITorchContainer? container = null;
        try
        {
            container = Container(path);
            return new TorchFile(path, container);
        }
        catch (Exception e)
        {
            container?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new TorchFileException(path, "file", $"cannot be read ({e.Message.TrimEnd('.')})", e);
            throw;
        }
    }

    public IReadOnlyList<SnapshotTensor> Read(IReadOnlyCollection<SourceTensor> tensors)
    {
        var read = new Dictionary<string, SnapshotTensor>(StringComparer.Ordinal);
        // By storage, so that one shared by many tensors is read once.
        foreach (var shared in tensors.Select(t => (t.Name, View: _tensors[t.Name])).GroupBy(t => t.View.Storage.Key))
        {
            var storage = shared.First().View.Storage;
            var (first, end) = (shared.Min(t => t.View.Offset), shared.Max(t => t.View.End));
            var bytes = Guarded(() => _container.Read(storage, first, end));
            if (_container.IsBigEndian) Reverse(bytes, storage.Type.ElementSize());
            foreach (var (name, view) in shared) read.Add(name, new SnapshotTensor(name, view.Shape, Gather(name, view, bytes, first)));
        }

        return [.. tensors.Select(t => read[t.Name])];
    }

    public void Dispose() => _container.Dispose();

    private float[] Gather(string name, TorchTensor view, byte[] bytes, long first)
    {
        var where = $"tensor {SafeText.Of(name)}";
        if (view.Count > Array.MaxLength) throw new TorchFileException(Path, where, $"{view.Count} numbers do not fit one array");
        var number = FloatTensors.Number(view.Storage.Type)
            ?? throw new TorchFileException(Path, where, $"is {view.Storage.Type}, not a float type");
        var values = GC.AllocateUninitializedArray<float>((int)view.Count);
        var size = view.Storage.Type.ElementSize();
        var index = new long[view.Shape.Length];
        var at = view.Offset - first;
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = number(bytes.AsSpan((int)(at * size), size));
            for (var d = index.Length - 1; d >= 0; d--)
            {
                at += view.Strides[d];
                if (++index[d] < view.Shape[d]) break;
                at -= view.Strides[d] * view.Shape[d];
                index[d] = 0;
            }
        }

        return values;
    }

    private T Guarded<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (FormatException e)
        {
            throw new TorchFileException(Path, "pickle", e.Message, e);
        }
    }

    private static void Reverse(byte[] bytes, int size)
    {
        for (var at = 0; at < bytes.Length; at += size) bytes.AsSpan(at, size).Reverse();
    }

    private static ITorchContainer Container(string path) => TorchFormats.Of(path) switch
    {
        TorchFormat.Zip => TorchArchive.Open(path),
        TorchFormat.Stream => TorchStream.Open(path),
        TorchFormat.Tar => throw new TorchFileException(
            path,
            "file",
            "is a tar archive of PyTorch before 0.1.10. Save it again in Python: torch.save(torch.load(file, "
                + "map_location='cpu')['state_dict'], 'weights.pth')"),
        _ => throw new TorchFileException(path, "file", "is neither a PyTorch file (.pth, .pt) nor a safetensors file"),
    };
}
