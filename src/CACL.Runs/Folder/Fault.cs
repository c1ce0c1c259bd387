namespace CACL.Runs.Folder;

/// <summary>An exception as a value: what is left of it once it leaves the place, or the process, where it was thrown.</summary>
/// <param name="Kind">The exception's type, such as IOException.</param>
/// <param name="Message">Its sentence.</param>
/// <param name="Details">The whole of it, with its stack and what caused it, for whoever asks for that.</param>
public sealed record Fault(string Kind, string Message, string Details)
{
    /// <summary>What is to be kept of an exception.</summary>
    public static Fault Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new Fault(exception.GetType().Name, exception.Message, exception.ToString());
    }

    /// <summary>An exception that prints as the one it was, for a log or as the cause of another.</summary>
    public Exception ToException() => new ReportedException(this);

    private sealed class ReportedException(Fault fault) : Exception(fault.Message)
    {
        public override string ToString() => fault.Details;
    }
}
