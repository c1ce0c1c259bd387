namespace CACL.Actors.Certificates;

/// <summary>Certificates cannot be used. The message is a sentence with the remedy.</summary>
public sealed class CertificateException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public CertificateException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
