namespace CACL.Node.Ending;

/// <summary>
/// Something the user can put right. The message is made of whole sentences that name the thing and the remedy; it is printed as it is,
/// without a stack trace.
/// </summary>
internal class UserException : Exception
{
    /// <summary>A fault to be told in these words.</summary>
    public UserException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
