using System.Runtime.InteropServices;

namespace CACL.Node.Ending;

/// <summary>
/// Handles SIGTERM and Ctrl+C during a run: the first signal makes it finish its step and save, the second ends the process at once, and so
/// does the first while there is nothing to save.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private readonly Action<string> _say;
    private readonly Action<string>? _sayLast;
    private Reaction? _stop;
    private int _exitCode;

    /// <summary>Listens from now on.</summary>
    /// <param name="say">Shows a sentence.</param>
    /// <param name="sayLast">Writes down the sentence before the process ends at once; null: nothing is said of it.</param>
    public StopSignals(Action<string> say, Action<string>? sayLast = null)
    {
        _say = say;
        _sayLast = sayLast;
        Listen(PosixSignal.SIGINT, ExitCodes.Interrupted, "Ctrl+C");
        Listen(PosixSignal.SIGTERM, ExitCodes.Terminated, "SIGTERM");
    }

    /// <summary>The exit code of the signal that came; 0 if none did.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <summary>From now on, the first signal calls <paramref name="stop"/>.</summary>
    /// <param name="stop">Receives a sentence that says which signal came.</param>
    /// <param name="meaning">What happens then, for people.</param>
    public void StopBy(Action<string> stop, string meaning = "finishing the step and saving")
    {
        lock (_gate) _stop = new Reaction(stop, meaning);
    }

    /// <summary>From now on there is nothing left to save: the first signal ends the process at once.</summary>
    /// <returns>The exit code of the signal that came before; 0 if none did.</returns>
    public int Done()
    {
        lock (_gate)
        {
            _stop = null;
            return _exitCode;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Listen(PosixSignal signal, int exitCode, string name) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Reaction? stop;
        lock (_gate)
        {
            stop = _exitCode == 0 ? _stop : null;
            if (stop is not null) _exitCode = exitCode;
        }

        if (stop is null)
        {
            SayLast($"{name}: the program ends at once.");
            ProcessEnd.AtOnce(exitCode);
        }

        _say($"{name}: {stop.Meaning}. Once more ends it at once.");
        stop.Stop($"Stopped by {name}.");
    }));

    // Whoever asks twice does not wait for a log that hangs.
    private void SayLast(string sentence)
    {
        try
        {
            if (_sayLast is not null) Task.Run(() => _sayLast(sentence)).Wait(LastWord);
        }
        catch (AggregateException)
        {
            // It ends all the same.
        }
    }

    private sealed record Reaction(Action<string> Stop, string Meaning);
}
