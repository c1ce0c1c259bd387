namespace CACL.Learning.Runtime;

/// <summary>
/// libtorch, or TorchSharp's part of it, could not be loaded. The message is a sentence for people: what was wanted, where, why not, what
/// to do.
/// </summary>
public sealed class LibTorchUnavailableException : Exception
{
    /// <summary>Without a message; for serialisers.</summary>
    public LibTorchUnavailableException()
    {
    }

    /// <summary>With a sentence for people.</summary>
    public LibTorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With a sentence for people and what caused it.</summary>
    public LibTorchUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
