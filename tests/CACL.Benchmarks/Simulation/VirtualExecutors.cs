using System.Diagnostics.CodeAnalysis;
using Akka.Configuration;
using Akka.Dispatch;
using CACL.Actors.Decoding;

namespace CACL.Benchmarks.Simulation;

/// <summary>Runs actors on the one thread of <see cref="VirtualTime"/>.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Akka makes it by its name.")]
internal sealed class VirtualExecutors(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new Now(id);

    private sealed class Now(string id) : ExecutorService(id)
    {
        private readonly VirtualTime _time = VirtualTime.Current;

        public override void Execute(IRunnable run) => _time.Ready(run);

        public override void Shutdown()
        {
        }
    }
}

/// <summary>
/// Runs actors that have a thread of their own. Decoders, the real actors, take virtual time: what one is told to decode reaches it when it
/// would have decoded it, and then takes none.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Akka makes it by its name.")]
internal sealed class DecodingExecutors(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new Later(id);

    private sealed class Later(string id) : ExecutorService(id)
    {
        private readonly VirtualTime _time = VirtualTime.Current;

        public override void Execute(IRunnable run)
        {
            if (run is Mailbox { MessageQueue.HasMessages: true } mailbox && ActorLoads.Of(mailbox)?.Props.Type == typeof(DecoderActor))
                _time.In(DecodeTimes.Next(), () => _time.Ready(run));
            else _time.Ready(run); // it is made, or ended
        }

        public override void Shutdown()
        {
        }
    }
}
