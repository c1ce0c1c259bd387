using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// What measures a checkpoint. It shares nothing with the training: it is handed the path of a finished checkpoint, never a tensor.
/// </summary>
public interface IEvaluationEngine
{
    /// <summary>Measures one checkpoint. One call at a time.</summary>
    /// <param name="request">What to measure.</param>
    /// <param name="cancel">Signalled at the deadline, or when the run ends: the call is to end within seconds, and nothing of it may go
    /// on.</param>
    /// <returns>The result object: at least <c>miou</c>, <c>macc</c>, <c>aacc</c> and <c>manifest</c>.</returns>
    /// <exception cref="Exception">Anything: the message is logged, the evaluation is tried again.</exception>
    Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel);
}
