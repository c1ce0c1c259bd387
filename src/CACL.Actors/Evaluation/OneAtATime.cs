using System.Text.Json.Nodes;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Keeps the promise of one call at a time towards an engine whose caller may be restarted: the call that it left behind may take its
/// time to end, and the next one begins behind it.
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
