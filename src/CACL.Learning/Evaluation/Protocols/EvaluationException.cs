namespace CACL.Learning.Evaluation.Protocols;

/// <summary>An evaluation cannot go on. The message is a sentence that names the setting or the file and a remedy.</summary>
public sealed class EvaluationException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public EvaluationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
