using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// One actor of a run by itself. A probe stands for its parent, others for whom it speaks to; the scheduler's time goes on only when it is
/// told to; every message is written to bytes and read again.
/// </summary>
public abstract class ActorSpec : TestKit
{
    private static readonly Config Patient = ConfigurationFactory.ParseString(
        $$"""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.loggers = []
        akka.stdout-loglevel = OFF
        akka.test.single-expect-default = {{Eventually.Patience.TotalSeconds}} s
        akka.test.default-timeout = {{Eventually.Patience.TotalSeconds}} s
        """).WithFallback(SerializedMessages.Configuration);

    private readonly ConcurrentQueue<string> _said = new();

    protected ActorSpec()
        : base(Patient)
    {
        Sys.EventStream.Subscribe(Sys.ActorOf(Props.Create(() => new Listener(_said))), typeof(LogEvent));
        Parent = CreateTestProbe("parent");
    }

    /// <summary>The parent of the actor.</summary>
    protected TestProbe Parent { get; }

    /// <summary>The time of timers.</summary>
    protected TestScheduler Time => (TestScheduler)Sys.Scheduler;

    /// <summary>What the actors said, as the log has it.</summary>
    protected IReadOnlyCollection<string> Said => _said;

    /// <summary>Starts the actor below its parent, which stops what fails.</summary>
    protected IActorRef Start(Props props, string name) => Start(props, name, Directive.Stop);

    /// <summary>Starts the actor below its parent.</summary>
    /// <param name="props">The actor.</param>
    /// <param name="name">Its name.</param>
    /// <param name="whenItFails">What its parent does about a failure.</param>
    /// <param name="failed">Told of each failure.</param>
    protected IActorRef Start(Props props, string name, Directive whenItFails, Action<Exception>? failed = null) =>
        Parent.ChildActorOf(props, name, new OneForOneStrategy(-1, -1, cause =>
        {
            failed?.Invoke(cause);
            return whenItFails;
        }));

    /// <summary>
    /// All that the actor has told the probe, and the probe has not read, when the actor has taken in what it was told before this call.
    /// </summary>
    protected static IReadOnlyList<object> Heard(IActorRef actor, TestProbe probe)
    {
        var question = Guid.NewGuid().ToString();
        actor.Tell(new Identify(question), probe.Ref);
        var heard = new List<object>();
        // The answer comes behind what the actor told the probe before.
        while (probe.Hears<object>() is { } next)
        {
            if (next is ActorIdentity answer && (string)answer.MessageId == question) break;
            heard.Add(next);
        }

        return heard;
    }

    /// <summary>Returns when the actor has taken in what it was told before.</summary>
    protected void AwaitTaken(IActorRef actor) => Heard(actor, CreateTestProbe());

    /// <summary>Returns when the actor is gone.</summary>
    protected void AwaitGone(IActorRef actor, Action? end = null)
    {
        var watcher = CreateTestProbe();
        watcher.Watch(actor);
        end?.Invoke();
        watcher.ExpectTerminated(actor);
    }

    /// <summary>Ends the actors. Whoever overrides this first lets go those who wait, and afterwards disposes what they used.</summary>
    protected override void Dispose(bool disposing)
    {
        AwaitGone(Parent.Ref, () => Sys.Stop(Parent.Ref));
        base.Dispose(disposing);
        // Akka writes down that a message could not be made bytes of, and goes on without it.
        Assert.DoesNotContain(_said, line => line.Contains("Swallowing exception", StringComparison.Ordinal));
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> said) => Receive<LogEvent>(line => said.Enqueue($"{line.Message}"));
    }
}
