using Akka.Actor;
using Akka.Event;
using CACL.Actors.Contracts;

namespace CACL.Actors.Decoding;

/// <summary>
/// Shares the plans with workers on other machines. Each pulls as many as it can use, and gets them before a decoder of this process does,
/// which leaves the cores here to the training. A worker can only decode a plan or give it back: what it gives back is decoded here, so
/// that only this process judges videos, whoever decodes. What a lost worker had goes to whoever is free, first of all.
/// </summary>
internal sealed partial class DecoderPoolActor
{
    /// <summary>How many workers may fail at a plan, or be lost with it, before it stays here.</summary>
    private const int MostTriesElsewhere = 3;

    private readonly Dictionary<IActorRef, Link> _links = [];

    // A worker's own pool gives up on a decoder before this.
    private static TimeSpan ElsewhereTime(TimeSpan decoding) => 2 * (decoding + Grace);

    private void ReceiveFromLinks()
    {
        Receive<LinkProtocol.Pull>(message =>
        {
            if (!_links.TryGetValue(Sender, out var link))
            {
                _links[Sender] = link = new Link();
                Context.Watch(Sender);
            }

            if (!link.Withdrawn) link.Pulled += message.Pairs;
            HandOut();
        });
        Receive<LinkProtocol.HandedBack>(message =>
        {
            if (TakeFrom(Sender, message.Request) is not { } work) return;
            _log.Debug("{Worker} gives a plan back: {Why}", PathOf(Sender), message.Why);
            _waiting.AddHere(work);
            GoOnWithout(Sender);
        });
        Receive<LinkProtocol.Withdraw>(_ =>
        {
            if (!_links.TryGetValue(Sender, out var link)) _links[Sender] = link = new Link();
            (link.Withdrawn, link.Pulled) = (true, 0);
            TellIfIdle(Sender, link);
        });
    }

    private void HandOutElsewhere()
    {
        if (_links.Count == 0) return;
        // One each in turn: a worker with many decoders must not starve the others.
        for (var some = true; some && _waiting.Anywhere > 0;)
        {
            some = false;
            foreach (var (worker, link) in _links)
            {
                if (link.Pulled == 0 || _waiting.Anywhere == 0) continue;
                some = true;
                link.Pulled--;
                var work = _waiting.TakeElsewhere();
                link.Works[work.Request] = work;
                Timers.StartSingleTimer(work.Request, new Overdue(work.Request), ElsewhereTime(_settings.Timeout));
                worker.Tell(new DecoderProtocol.Decode(work.Request, work.Plan));
            }
        }
    }

    private bool FinishedElsewhere(long request, object answer)
    {
        if (TakeFrom(Sender, request) is not { } work) return false;
        if (answer is not PoolProtocol.Decoded)
        {
            _waiting.AddHere(work); // a verdict on a video is given here
        }
        else
        {
            _count?.WithoutDecoder();
            work.Asker.Tell(answer);
        }

        GoOnWithout(Sender);
        return answer is PoolProtocol.Decoded;
    }

    /// <summary>Takes a plan back from a worker that has it for too long.</summary>
    private bool TakeBack(long request)
    {
        if (_links.FirstOrDefault(link => link.Value.Works.ContainsKey(request)).Key is not { } worker) return false;
        _log.Warning("{Worker} has a plan for too long, which is decoded here instead", PathOf(worker));
        _waiting.AddHere(TakeFrom(worker, request)!);
        GoOnWithout(worker);
        return true;
    }

    /// <summary>Forgets a worker that is lost.</summary>
    private bool Unlink(IActorRef worker)
    {
        if (!_links.Remove(worker, out var link)) return false;
        foreach (var work in link.Works.Values.OrderBy(work => work.Request))
        {
            Timers.Cancel(work.Request);
            var again = work with { Request = ++_requests, TriesElsewhere = work.TriesElsewhere + 1 };
            if (again.TriesElsewhere < MostTriesElsewhere) _waiting.AddAgain(again);
            else _waiting.AddHere(again);
        }

        HandOut();
        return true;
    }

    private Work? TakeFrom(IActorRef worker, long request)
    {
        if (!_links.TryGetValue(worker, out var link) || !link.Works.Remove(request, out var work)) return null;
        Timers.Cancel(request);
        return work with { Request = ++_requests };
    }

    private void GoOnWithout(IActorRef worker)
    {
        TellIfIdle(worker, _links[worker]);
        HandOut();
    }

    private static void TellIfIdle(IActorRef worker, Link link)
    {
        if (link is { Withdrawn: true, Works.Count: 0 }) worker.Tell(new LinkProtocol.Idle());
    }

    /// <summary>What a worker has, and how much more it wants.</summary>
    private sealed class Link
    {
        public Dictionary<long, Work> Works { get; } = [];

        public int Pulled { get; set; }

        public bool Withdrawn { get; set; }
    }
}
