namespace CACL.Learning.Weights;

/// <summary>A safetensors file cannot be read or written. The message is a sentence that names the file and what is wrong where.</summary>
public sealed class SafeTensorsException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="file"/>.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="where">The place at fault, such as "header" or "tensor 'conv1.weight'".</param>
    /// <param name="what">What is wrong there.</param>
    /// <param name="inner">The underlying error, if any.</param>
    public SafeTensorsException(string file, string where, string what, Exception? inner = null)
        : base($"{file} is not a usable safetensors file: {where}: {what}.", inner)
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
