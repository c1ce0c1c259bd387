namespace CACL.Learning.Weights;

/// <summary>
/// A checkpoint cannot be written, or one on disk cannot be used. The message is a sentence that names the file and a remedy.
/// </summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the exception for a fault of <paramref name="path"/>.</summary>
    /// <param name="path">The file or folder at fault.</param>
    /// <param name="message">What was being done, what was wrong, and what to do.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="inner">The underlying error, if any.</param>
    public CheckpointException(string path, string message, bool isTransient = false, Exception? inner = null)
        : base(message, inner)
    {
        Path = path;
        IsTransient = isTransient;
    }

    /// <summary>The file or folder at fault.</summary>
    public string Path { get; }

    /// <summary>
    /// Whether the same call may succeed later: writing failed (disk full, not writable), and earlier checkpoints are untouched.
    /// </summary>
    public bool IsTransient { get; }
}
