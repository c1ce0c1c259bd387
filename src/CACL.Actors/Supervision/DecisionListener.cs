using Akka.Actor;
using CACL.Actors.Contracts;

namespace CACL.Actors.Supervision;

/// <summary>Passes the decisions that are published in an actor system to a callback.</summary>
internal sealed class DecisionListener : ReceiveActor
{
    /// <param name="listen">Called with each decision, on this actor's thread. It must not throw.</param>
    public DecisionListener(Action<SupervisionDecision> listen) => Receive(listen);

    internal static Props Props(Action<SupervisionDecision> listen) => Akka.Actor.Props.Create(() => new DecisionListener(listen));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(SupervisionDecision));
}
