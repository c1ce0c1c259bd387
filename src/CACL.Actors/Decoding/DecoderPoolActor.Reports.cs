using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;

namespace CACL.Actors.Decoding;

/// <summary>
/// Reports what the decoders do: each change at once as long as there are few, and otherwise what they come to, several times a second. A
/// thousand decoders change their state more often than anybody can read, or the status actor can publish.
/// </summary>
internal sealed partial class DecoderPoolActor
{
    /// <summary>Reports a second that are sent at once.</summary>
    internal const int ReportsASecond = 10_000;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(100);

    private readonly HashSet<IActorRef> _unreported = [];
    private double _reportsLeft = ReportsASecond;
    private long _reportsCounted;
    private bool _reportIsDue;
    private int _busy;

    /// <summary>Gives a decoder its work, or none.</summary>
    private void Set(IActorRef decoder, Work? work)
    {
        if (_decoders.GetValueOrDefault(decoder) is not null) _busy--;
        if (work is not null) _busy++;
        _decoders[decoder] = work;
    }

    private bool Remove(IActorRef decoder, out Work? work)
    {
        if (!_decoders.Remove(decoder, out work)) return false;
        if (work is not null) _busy--;
        _unreported.Remove(decoder);
        return true;
    }

    /// <summary>Reports a decoder's state, now or with the next report of all.</summary>
    private void TellState(IActorRef decoder)
    {
        if (MayTell(1))
        {
            _unreported.Remove(decoder);
            TellStateNow(decoder);
            return;
        }

        _unreported.Add(decoder);
        ReportLater();
    }

    private void TellStatus()
    {
        if (MayTell(2)) TellStatusNow();
        else ReportLater();
    }

    private void TellStateNow(IActorRef decoder) =>
        Tell(new StatusProtocol.ActorIs(PathOf(decoder), _decoders[decoder] is null ? ActorState.Idle : ActorState.Busy));

    private void TellStatusNow()
    {
        _settings.Instruments?.DecodersAre(_decoders.Count);
        Tell(new StatusProtocol.DecodersAre(_decoders.Count, _busy));
        Tell(new StatusProtocol.ActorIs(Self.PathInRun(), _busy > 0 ? ActorState.Busy : ActorState.Idle));
    }

    private void ReportLater()
    {
        if (_reportIsDue) return;
        _reportIsDue = true;
        Timers.StartSingleTimer("report", new Report(), BetweenReports);
    }

    private void Handle(Report _)
    {
        _reportIsDue = false;
        foreach (var decoder in _unreported) TellStateNow(decoder);
        _unreported.Clear();
        TellStatusNow();
    }

    // A second's worth may be sent at once, and comes back within a second.
    private bool MayTell(int messages)
    {
        var now = _settings.Clock.GetTimestamp();
        var since = _settings.Clock.GetElapsedTime(_reportsCounted, now).TotalSeconds;
        _reportsCounted = now;
        _reportsLeft = Math.Min(ReportsASecond, _reportsLeft + (Math.Max(0, since) * ReportsASecond));
        if (_reportsLeft < messages) return false;
        _reportsLeft -= messages;
        return true;
    }

    private sealed record Report : INoSerializationVerificationNeeded;
}
