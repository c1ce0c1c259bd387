namespace CACL.Node.Ending;

/// <summary>Turns Ctrl+C and SIGTERM into a cancellation; a second signal ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly StopSignals _signals = new(_ => { });

    /// <summary>Listens until disposed.</summary>
    public Interruption() => _signals.StopBy(_ => _stop.Cancel());

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Returns the exception that ends the verb, with this sentence and the signal's exit code.</summary>
    public StoppedException Stopped(string sentence) => new(sentence, _signals.ExitCode > 0 ? _signals.ExitCode : ExitCodes.Interrupted);

    /// <inheritdoc/>
    public void Dispose()
    {
        _signals.Dispose();
        _stop.Dispose();
    }
}
