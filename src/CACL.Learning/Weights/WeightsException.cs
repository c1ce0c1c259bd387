namespace CACL.Learning.Weights;

/// <summary>A file of weights does not fit the network. The message is a sentence that names the file and the tensors.</summary>
public sealed class WeightsException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="path"/>.</summary>
    public WeightsException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
