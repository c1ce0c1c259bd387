using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Evaluates checkpoints. It shares nothing with the training: it receives the path of a finished checkpoint, never a tensor.
/// </summary>
public interface IEvaluationEngine
{
    /// <summary>Evaluates one checkpoint. Called once at a time.</summary>
    /// <param name="request">The checkpoint and the target.</param>
    /// <param name="cancel">Cancelled at the deadline, or when the run ends: the call must end within seconds and leave nothing
    /// running.</param>
    /// <returns>The result object: at least <c>miou</c>, <c>macc</c>, <c>aacc</c> and <c>manifest</c>.</returns>
    /// <exception cref="Exception">Any failure: the message is logged, and the evaluation is retried.</exception>
    Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel);
}
