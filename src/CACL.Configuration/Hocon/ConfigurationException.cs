namespace CACL.Configuration.Hocon;

/// <summary>
/// Settings cannot be read or are wrong. The message is made of whole sentences that name the file or key and the remedy.
/// </summary>
public class ConfigurationException : Exception
{
    /// <summary>A fault to be told in these words.</summary>
    /// <param name="message">The sentences.</param>
    /// <param name="inner">What was found, or null.</param>
    public ConfigurationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
