using Akka.Actor;

namespace CACL.Actors.Decoding;

/// <summary>How decoders go: one of them at a time, or all of them and then the pool, which gives back what they still deliver.</summary>
internal sealed partial class DecoderPoolActor
{
    private readonly HashSet<IActorRef> _leaving = [];
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Decode nothing any more and go, once all decoders are gone. What is asked for is answered by <see cref="Ended"/>.</summary>
    internal sealed record End;

    /// <summary>Nothing is decoded any more.</summary>
    internal sealed record Ended;

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
        foreach (var work in _waiting.Concat(_decoders.Values.OfType<Work>())) work.Asker.Tell(new Ended());
        foreach (var decoder in _decoders.Keys) Dismiss(decoder);
        Become(() =>
        {
            Receive<Decode>(_ => Sender.Tell(new Ended()));
            Receive<DecoderActor.Decoded>(message => message.Pair.Dispose());
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
