namespace CACL.Data.DataSets;

/// <summary>
/// A labelled data set, or a file of it, cannot be used. The message consists of sentences that name the file and a remedy.
/// </summary>
public sealed class DataSetException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="path"/>.</summary>
    /// <param name="path">The file or folder at fault.</param>
    /// <param name="message">What was wrong, and what to do.</param>
    /// <param name="inner">The underlying error, if any.</param>
    public DataSetException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The file or folder at fault.</summary>
    public string Path { get; }
}
