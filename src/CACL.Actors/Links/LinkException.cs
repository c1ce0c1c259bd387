namespace CACL.Actors.Links;

/// <summary>A connection between a training and a worker cannot go on. The message is a clause or a sentence for the log.</summary>
public sealed class LinkException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public LinkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
