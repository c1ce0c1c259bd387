namespace CACL.Learning.Runtime;

/// <summary>
/// libtorch, or TorchSharp's native library, could not be loaded. The message is a sentence for people: what was wanted, where, why not,
/// and what to do.
/// </summary>
public sealed class LibTorchUnavailableException : Exception
{
    /// <summary>Creates the exception without a message; for serialisers.</summary>
    public LibTorchUnavailableException()
    {
    }

    /// <summary>Creates the exception with a sentence for people.</summary>
    public LibTorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a sentence for people and its cause.</summary>
    public LibTorchUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
