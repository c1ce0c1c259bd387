namespace CACL.Data.Clips;

/// <summary>A clip cannot be written. The message consists of sentences that name the file and a remedy.</summary>
public sealed class ClipException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="path"/>.</summary>
    public ClipException(string path, string message, Exception? inner = null)
        : base(message, inner) => Path = path;

    /// <summary>The file that was to be written.</summary>
    public string Path { get; }
}
