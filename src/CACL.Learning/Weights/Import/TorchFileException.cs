namespace CACL.Learning.Weights.Import;

/// <summary>
/// A file of PyTorch's cannot be read. The message is a sentence that names the file, the place and a remedy; nothing in the file was run.
/// </summary>
public sealed class TorchFileException : Exception
{
    /// <summary>A fault of <paramref name="file"/>.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="where">The place at fault, such as "data.pkl, byte 114" or "storage 3".</param>
    /// <param name="what">What is wrong there.</param>
    /// <param name="inner">The error beneath, if any.</param>
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
