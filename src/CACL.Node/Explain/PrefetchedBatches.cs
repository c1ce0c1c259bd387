namespace CACL.Node.Explain;

/// <summary>The batches of consecutive steps, prefetched: while one is being used, the next is decoded.</summary>
internal sealed class PrefetchedBatches : IDisposable
{
    private readonly BatchRebuilder _batches;
    private readonly long _end;
    private readonly CancellationTokenSource _stop;
    private long _step;
    private Task<RebuiltBatch>? _next;

    /// <summary>Starts with step <paramref name="first"/>, and ends before <paramref name="end"/>.</summary>
    public PrefetchedBatches(BatchRebuilder batches, long first, long end, CancellationToken cancel)
    {
        _batches = batches;
        _step = first;
        _end = end;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Prepare();
    }

    /// <summary>Returns the next batch, owned by the caller. There is one for each step.</summary>
    public RebuiltBatch Next()
    {
        var batch = _next!.GetAwaiter().GetResult();
        Prepare();
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        if (_next is not null && Task.WhenAny(_next).Result is { IsCompletedSuccessfully: true } made) made.Result.Dispose();
        _stop.Dispose();
    }

    private void Prepare()
    {
        var step = _step++;
        _next = step < _end ? Task.Run(() => _batches.Rebuild(step, _stop.Token)) : null;
    }
}
