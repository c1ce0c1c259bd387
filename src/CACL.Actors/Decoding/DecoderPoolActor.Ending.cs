using Akka.Actor;
using CACL.Actors.Contracts;

namespace CACL.Actors.Decoding;

/// <summary>Stops decoders: one at a time, or all of them and then the pool, which disposes the pairs that they still deliver.</summary>
internal sealed partial class DecoderPoolActor
{
    private readonly HashSet<IActorRef> _leaving = [];
    private readonly CancellationTokenSource _ending = new();

    protected override void PostStop() => _ending.Dispose();

    /// <summary>Stops a decoder that no longer counts as alive; it may take a while to end.</summary>
    private void Dismiss(IActorRef decoder)
    {
        _leaving.Add(decoder);
        Context.Stop(decoder);
    }

    private void Leave()
    {
        _ending.Cancel();
        Timers.CancelAll();
        foreach (var work in _waiting.Concat(_decoders.Values.OfType<Work>()).Concat(_links.Values.SelectMany(link => link.Works.Values)))
            work.Asker.Tell(new PoolProtocol.Ended());
        foreach (var decoder in _decoders.Keys) Dismiss(decoder);
        foreach (var link in _links.Keys)
        {
            _leaving.Add(link);
            link.Tell(new LinkProtocol.Release());
        }

        Become(() =>
        {
            Receive<PoolProtocol.Decode>(_ => Sender.Tell(new PoolProtocol.Ended()));
            Receive<DecoderProtocol.Decoded>(message => message.Pair.Dispose());
            Receive<Terminated>(message => Gone(message.ActorRef));
            Receive<LinkProtocol.Released>(_ => Gone(Sender));
            ReceiveAny(_ => { });
        });
        GoIfAlone();
    }

    private void Gone(IActorRef actor)
    {
        _leaving.Remove(actor);
        GoIfAlone();
    }

    private void GoIfAlone()
    {
        if (_leaving.Count == 0) Context.Stop(Self);
    }
}
