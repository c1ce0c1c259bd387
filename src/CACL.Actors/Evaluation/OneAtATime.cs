using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Serialises the calls of an engine whose caller may be restarted: the next call begins only when the one left behind by the restart has
/// ended.
/// </summary>
internal sealed class OneAtATime(IEvaluationEngine engine) : IEvaluationEngine
{
    private readonly SemaphoreSlim _free = new(1, 1);

    /// <inheritdoc/>
    public async Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await engine.EvaluateAsync(request, cancel).ConfigureAwait(false);
        }
        finally
        {
            _free.Release();
        }
    }
}
