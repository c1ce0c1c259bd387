namespace CACL.Learning.Weights.Import;

/// <summary>
/// A PyTorch file cannot be read. The message is a sentence that names the file, the place and a remedy; nothing in the file was executed.
/// </summary>
public sealed class TorchFileException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="file"/>.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="where">The place at fault, such as "data.pkl, byte 114" or "storage 3".</param>
    /// <param name="what">What is wrong there.</param>
    /// <param name="inner">The underlying error, if any.</param>
    public TorchFileException(string file, string where, string what, Exception? inner = null)
        : base($"{file} cannot be imported: {where}: {what}{(what.EndsWith('.') ? "" : ".")}", inner)
    {
        File = file;
        Where = where;
        What = what;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>The place at fault.</summary>
    public string Where { get; }

    /// <summary>What is wrong there.</summary>
    public string What { get; }
}
