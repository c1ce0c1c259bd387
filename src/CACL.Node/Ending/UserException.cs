namespace CACL.Node.Ending;

/// <summary>
/// Something that the user can fix. The message consists of sentences that name the problem and the remedy; it is printed as it is, without
/// a stack trace.
/// </summary>
internal class UserException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public UserException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
