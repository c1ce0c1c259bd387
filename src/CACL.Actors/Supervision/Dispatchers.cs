using Akka.Configuration;

namespace CACL.Actors.Supervision;

/// <summary>The dispatchers that the actor tree relies on; an actor system that runs it must include this configuration.</summary>
public static class Dispatchers
{
    /// <summary>A dispatcher that gives each actor a thread of its own, for actors that block.</summary>
    public const string OwnThread = "cacl-dispatchers.own-thread";

    /// <summary>
    /// The actor system's configuration, which the user's overrides. The program itself handles the process's signals, so that a checkpoint
    /// is saved first; supervisors log their decisions in words.
    /// </summary>
    public static Config Configuration { get; } = ConfigurationFactory.ParseString(
        """
        cacl-dispatchers.own-thread { type = PinnedDispatcher, throughput = 1 }
        akka {
          coordinated-shutdown { run-by-clr-shutdown-hook = off, terminate-actor-system = on, exit-clr = off }
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          stdout-loglevel = WARNING
          actor {
            debug.unhandled = on
            serializers {
              json = "CACL.Actors.Serialization.RefusingSerializer, CACL.Actors"
              cacl-run = "CACL.Actors.Serialization.RunMessageSerializer, CACL.Actors"
              cacl-pair = "CACL.Actors.Serialization.PairMessageSerializer, CACL.Actors"
            }
            serialization-bindings {
              "CACL.Actors.Contracts.IRunMessage, CACL.Actors" = cacl-run
              "CACL.Runs.Live.SettingsAnswer, CACL.Runs" = cacl-run
              "CACL.Actors.Contracts.IPairMessage, CACL.Actors" = cacl-pair
            }
          }
        }
        """);
}
