using Akka.Actor;
using CACL.Actors.Contracts;

namespace CACL.Actors.Decoding;

/// <summary>How decoders go: one of them at a time, or all of them and then the pool, which gives back what they still deliver.</summary>
internal sealed partial class DecoderPoolActor
{
    private readonly HashSet<IActorRef> _leaving = [];
    private readonly CancellationTokenSource _ending = new();

    protected override void PostStop() => _ending.Dispose();

    /// <summary>One that is not counted any more, but may take its time to go.</summary>
    private void Dismiss(IActorRef decoder)
    {
        _leaving.Add(decoder);
        Context.Stop(decoder);
    }

    private void Leave()
    {
        _ending.Cancel();
        Timers.CancelAll();
        foreach (var work in _waiting.Concat(_decoders.Values.OfType<Work>())) work.Asker.Tell(new PoolProtocol.Ended());
        foreach (var decoder in _decoders.Keys) Dismiss(decoder);
        Become(() =>
        {
            Receive<PoolProtocol.Decode>(_ => Sender.Tell(new PoolProtocol.Ended()));
            Receive<DecoderProtocol.Decoded>(message => message.Pair.Dispose());
            Receive<Terminated>(message =>
            {
                _leaving.Remove(message.ActorRef);
                GoIfAlone();
            });
            ReceiveAny(_ => { });
        });
        GoIfAlone();
    }

    private void GoIfAlone()
    {
        if (_leaving.Count == 0) Context.Stop(Self);
    }
}
