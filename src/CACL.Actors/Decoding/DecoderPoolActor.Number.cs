using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;

namespace CACL.Actors.Decoding;

/// <summary>Changes the number of decoders: somebody sets it, or the pool chooses it.</summary>
internal sealed partial class DecoderPoolActor
{
    private DecoderCount? _count; // null: the number is set
    private int _wanted;

    private void Handle(PoolProtocol.Resize message)
    {
        if (message.Decoders > 0)
        {
            _count = null;
            Want(message.Decoders, "as requested");
        }
        else if (_count is null)
        {
            _count = new DecoderCount(_settings.Bounds, _wanted);
            _log.Info("The number of decoders is chosen from now on");
            Want(_count.Now, "the most that may be chosen");
        }
    }

    private void Handle(PoolProtocol.Stepped message)
    {
        if (_count?.Stepped(message.WaitSeconds, message.StepSeconds, message.Pairs) is { } change) Want(change.Decoders, change.Why);
    }

    private void Want(int decoders, string why)
    {
        if (decoders == _wanted) return;
        _log.Info("Decoders: {Now} instead of {Before}: {Why}", decoders, _wanted, why);
        _wanted = decoders;
        Tell(new StatusProtocol.DecodersWanted(_wanted));
        foreach (var idle in _decoders.Where(d => d.Value is null).Select(d => d.Key).ToList()) RetireIfTooMany(idle);
        Fill();
        TellStatus();
    }

    private bool RetireIfTooMany(IActorRef decoder)
    {
        if (_decoders.Count <= _wanted) return false;
        Remove(decoder, out _); // HandOut skips it if it is still among the idle ones
        Dismiss(decoder);
        Tell(new StatusProtocol.ActorGone(PathOf(decoder)));
        return true;
    }
}
