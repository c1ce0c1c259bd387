using System.Runtime.InteropServices;

namespace CACL.Node.Training;

/// <summary>
/// SIGTERM and Ctrl+C while a run goes on: the first asks it to finish its step and save, the second ends the process at once, and so
/// does the first as long as there is nothing to save.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _say;
    private Action<string>? _stop;
    private int _exitCode;

    /// <summary>Listens from now on.</summary>
    /// <param name="say">Shows a sentence.</param>
    public StopSignals(Action<string> say)
    {
        _say = say;
        Listen(PosixSignal.SIGINT, ExitCodes.Interrupted, "Ctrl+C");
        Listen(PosixSignal.SIGTERM, ExitCodes.Terminated, "SIGTERM");
    }

    /// <summary>The exit code of the signal that came; 0: none did.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <summary>From now on the first signal calls this.</summary>
    public void StopBy(Action<string> stop) => Volatile.Write(ref _stop, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Listen(PosixSignal signal, int exitCode, string name) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        var stop = Volatile.Read(ref _stop);
        if (stop is null || Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            Environment.Exit(exitCode);
            return;
        }

        _say($"{name}: finishing the step and saving. Once more ends it at once.");
        stop($"Stopped by {name}.");
    }));
}
