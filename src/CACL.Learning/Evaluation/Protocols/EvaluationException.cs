namespace CACL.Learning.Evaluation.Protocols;

/// <summary>An evaluation cannot go on. The message is a sentence that names the setting or the file and a remedy.</summary>
public class EvaluationException : Exception
{
    /// <summary>Creates the exception with a message.</summary>
    public EvaluationException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A linear classifier's loss or weights became infinite: the learning rate was too high.</summary>
public sealed class ClassifierDivergedException(string message) : EvaluationException(message);
