using Akka.Actor;
using Akka.Configuration;
using CACL.Node.Logging;

namespace CACL.Node.Training;

/// <summary>
/// Owns the actor system of a run. Declared before the log, it is disposed after it: nobody needs what Akka says about its own end.
/// </summary>
internal sealed class ActorSystemHost : IDisposable
{
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LogTime = TimeSpan.FromSeconds(5);
    private ActorSystem? _system;

    /// <summary>Starts the actor system, once.</summary>
    public ActorSystem Start(Config configuration) => _system = ActorSystem.Create("cacl", configuration);

    /// <summary>Waits until what the actors logged is in the log, to which they write asynchronously.</summary>
    public void WaitForLog()
    {
        if (_system is not null) SerilogAkkaLogger.WaitUntilWritten(_system, LogTime);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_system is null) return;
        _system.Terminate().Wait(ShutdownTime);
        _system.Dispose();
    }
}
