namespace CACL.Learning.Weights.Import;

/// <summary>A tensor in a file of weights, not read yet.</summary>
/// <param name="Name">Its name, preceded by the keys of the dictionaries around it, separated by dots.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes.</param>
internal sealed record SourceTensor(string Name, SafeTensorsType Type, long[] Shape)
{
    /// <summary>Size of its numbers in bytes.</summary>
    public double Bytes => Shape.Aggregate((double)Type.ElementSize(), (product, size) => product * size);
}

/// <summary>An open file of weights: names and shapes are known, numbers are read when requested.</summary>
internal interface IWeightsSource : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>Name of the format, for reports.</summary>
    string Format { get; }

    /// <summary>Its tensors, in the file's order.</summary>
    IReadOnlyList<SourceTensor> Tensors { get; }

    /// <summary>
    /// Reads some of its tensors, all of float types, as float32 in row-major order; the bytes of the others are not touched.
    /// </summary>
    IReadOnlyList<SnapshotTensor> Read(IReadOnlyCollection<SourceTensor> tensors);
}
