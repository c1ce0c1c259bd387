using Akka.Actor;
using Akka.Configuration;
using CACL.Actors.Membership;
using CACL.Node.Ending;
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

    /// <summary>Starts the actor system as a member of a cluster, once.</summary>
    /// <exception cref="UserException">Its port cannot be had.</exception>
    public ActorSystem Start(ClusterMember cluster, Config configuration)
    {
        try
        {
            return _system = ActorSystem.Create("cacl", ClusterSetup.Of(cluster, configuration));
        }
        catch (Exception cause) when (Innermost(cause) is System.Net.Sockets.SocketException refused)
        {
            throw new UserException(
                $"The cluster's port {cluster.Host}:{cluster.Port} cannot be had: {refused.Message}. Does another run use it? "
                + "cacl.cluster.host and cacl.cluster.port choose it.",
                cause);
        }
    }

    /// <summary>Waits until what the actors logged is in the log, to which they write asynchronously.</summary>
    public void WaitForLog()
    {
        if (_system is not null) SerilogAkkaLogger.WaitUntilWritten(_system, LogTime);
    }

    private static Exception Innermost(Exception cause) => cause is AggregateException { InnerExceptions: [var first, ..] }
        ? Innermost(first)
        : cause.InnerException is { } inner ? Innermost(inner) : cause;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_system is null) return;
        _system.Terminate().Wait(ShutdownTime);
        _system.Dispose();
    }
}
