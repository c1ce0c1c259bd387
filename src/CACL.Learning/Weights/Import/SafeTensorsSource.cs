namespace CACL.Learning.Weights.Import;

/// <summary>Reads weights from a safetensors file.</summary>
internal sealed class SafeTensorsSource(string path) : IWeightsSource
{
    private readonly SafeTensorsReader _file = SafeTensorsReader.Open(path);

    public string Path => path;

    public string Format => "safetensors";

    public IReadOnlyList<SourceTensor> Tensors => field ??= [.. _file.Entries.Select(e => new SourceTensor(e.Name, e.Type, e.Shape))];

    public IReadOnlyList<SnapshotTensor> Read(IReadOnlyCollection<SourceTensor> tensors) =>
        [.. tensors.Select(t => new SnapshotTensor(t.Name, t.Shape, FloatTensors.Read(_file, _file[t.Name])))];

    public void Dispose() => _file.Dispose();
}
