namespace CACL.Node.Videos;

/// <summary>Ctrl+C as a cancellation; a second one ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Listens until disposed.</summary>
    public Interruption() => Console.CancelKeyPress += Cancel;

    /// <summary>Signalled by the first Ctrl+C.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= Cancel;
        _stop.Dispose();
    }

    private void Cancel(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = !_stop.IsCancellationRequested;
        _stop.Cancel();
    }
}
