using Akka.Actor;

namespace CACL.Actors.Tests.Fakes;

/// <summary>
/// A sender whose answer is what the test says: it is made on the thread of the actor that answers, so it can make any actor fail, hang or
/// take long in the middle of a message, without the actor's own code knowing.
/// </summary>
internal sealed class FaultySender(IActorRef near, Action act) : MinimalActorRef
{
    public override ActorPath Path { get; } = near.Path.Root / "temp" / $"faulty-{Guid.NewGuid():N}";

    public override IActorRefProvider Provider => ((IInternalActorRef)near).Provider;

    /// <summary>Has the actor act when it comes to this message.</summary>
    public static void Act(IActorRef actor, Action act) => actor.Tell(new Identify("fault"), new FaultySender(actor, act));

    protected override void TellInternal(object message, IActorRef sender) => act();
}
