namespace CACL.Configuration.Hocon;

/// <summary>Settings cannot be read or are wrong. The message consists of sentences that name the file or key and the remedy.</summary>
public class ConfigurationException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The sentences.</param>
    /// <param name="inner">The underlying error, or null.</param>
    public ConfigurationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
