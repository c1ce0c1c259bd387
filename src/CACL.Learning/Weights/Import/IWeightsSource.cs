namespace CACL.Learning.Weights.Import;

/// <summary>A tensor that a file of weights holds; not read yet.</summary>
/// <param name="Name">Its name; keys of dictionaries around it stand before it with dots.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes.</param>
internal sealed record SourceTensor(string Name, SafeTensorsType Type, long[] Shape)
{
    /// <summary>Bytes of its numbers.</summary>
    public double Bytes => Shape.Aggregate((double)Type.ElementSize(), (product, size) => product * size);
}

/// <summary>A file of weights, open: names and shapes at hand, numbers read where they are asked for.</summary>
internal interface IWeightsSource : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>What the format is called, for reports.</summary>
    string Format { get; }

    /// <summary>What it holds, in the file's order.</summary>
    IReadOnlyList<SourceTensor> Tensors { get; }

    /// <summary>Reads some of its tensors, all of float types, as float32 in row-major order; the others' bytes are not touched.</summary>
    IReadOnlyList<SnapshotTensor> Read(IReadOnlyCollection<SourceTensor> tensors);
}
