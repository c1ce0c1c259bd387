using CACL.Actors.Contracts;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Tracks the evaluations that workers on other machines make, and decides who makes which: a worker with a free place takes the first that
/// it can make, and this machine makes only what no worker that is there can make. Whatever a worker does not bring to its end goes first
/// afterwards, to another worker once, and then to this machine.
/// <code>
/// waits ──▶ runs at a worker ──▶ done
///   ▲          └─ lost, failed, late ──▶ comes back: another worker once, then this machine
///   └────────── the worker lacks the data set: not counted, and that worker is not asked for it again
/// </code>
/// </summary>
internal sealed class EvaluationsElsewhere
{
    // Of two workers that fail in turn, the request may be at fault, and this machine has the last word on it.
    private const int MostTries = 2;

    private readonly Dictionary<object, Place> _places = [];
    private readonly List<Candidate> _cameBack = [];
    private readonly List<EvaluationElsewhere> _running = [];

    /// <summary>Number of workers that are there.</summary>
    public int Workers => _places.Count;

    /// <summary>What workers are making.</summary>
    public IReadOnlyList<EvaluationElsewhere> Running => _running;

    /// <summary>What came back from workers and waits to be made elsewhere or here, in order.</summary>
    public IEnumerable<EvaluationRequest> CameBack => _cameBack.Select(c => c.Request);

    /// <summary>Requests whose checkpoints are in use.</summary>
    public IEnumerable<EvaluationRequest> InUse => _running.Select(e => e.Request).Concat(CameBack);

    /// <summary>Notes a worker's place.</summary>
    /// <param name="key">By which it is withdrawn.</param>
    /// <param name="place">The place.</param>
    public void Offer(object key, IEvaluationPlace place) => _places[key] = new Place(place);

    /// <summary>Notes that a worker takes nothing more.</summary>
    public void Withdraw(object key) => _places.Remove(key);

    /// <summary>Begins the next evaluation on a worker; returns null if none can begin now.</summary>
    /// <param name="queue">What has not begun.</param>
    public EvaluationElsewhere? BeginNext(EvaluationQueue queue)
    {
        foreach (var place in _places.Values.Where(place => _running.Count(e => e.Place == place.Is) < place.Is.AtOnce))
        {
            if (Take(queue, place.Takes) is not { } next) continue;
            var begun = new EvaluationElsewhere(next.Request, place.Is, next.Tries + 1) { Refused = next.Refused };
            _running.Add(begun);
            return begun;
        }

        return null;
    }

    /// <summary>Dequeues the next evaluation that is to be made here, because no worker that is there can make it.</summary>
    /// <param name="queue">What has not begun.</param>
    /// <returns>The request, and how often workers have tried it; null: there is none.</returns>
    public (EvaluationRequest Request, int Tries)? TakeForHere(EvaluationQueue queue) =>
        Take(queue, candidate => !_places.Values.Any(place => place.Takes(candidate))) is { } next ? (next.Request, next.Tries) : null;

    /// <summary>Notes that a worker's evaluation has come to its end.</summary>
    /// <returns>False: it was not waited for any more.</returns>
    public bool End(EvaluationElsewhere evaluation) => _running.Remove(evaluation);

    /// <summary>Notes that a worker did not bring an evaluation to its end, which goes on elsewhere or here.</summary>
    /// <param name="evaluation">The evaluation, which has ended.</param>
    /// <param name="onlyHere">Whether no other worker is to try it.</param>
    public void ComeBack(EvaluationElsewhere evaluation, bool onlyHere) => _cameBack.Add(new Candidate(
        evaluation.Request, onlyHere ? MostTries : evaluation.Tries, [.. evaluation.Refused, evaluation.Place.Worker]));

    /// <summary>Notes that a worker cannot evaluate on a data set, and puts the evaluation back as if it had not been asked.</summary>
    public void Lacks(EvaluationElsewhere evaluation)
    {
        if (_places.Values.FirstOrDefault(place => place.Is == evaluation.Place) is { } place)
            place.Lacks.Add(evaluation.Request.Target.DataSet);
        _cameBack.Add(new Candidate(evaluation.Request, evaluation.Tries - 1, evaluation.Refused));
    }

    /// <summary>Gives up everything, since the run ends.</summary>
    /// <returns>The evaluations that were running, which are to be cancelled, and the requests that are to be put back.</returns>
    public (IReadOnlyList<EvaluationElsewhere> Running, IReadOnlyList<EvaluationRequest> Requests) Leave()
    {
        var left = (Running: _running.ToList(), Requests: InUse.ToList());
        _running.Clear();
        _cameBack.Clear();
        return left;
    }

    private Candidate? Take(EvaluationQueue queue, Func<Candidate, bool> takes)
    {
        if (_cameBack.Find(c => takes(c)) is { } back)
        {
            _cameBack.Remove(back);
            return back;
        }

        return queue.TakeNext(request => takes(new Candidate(request, 0, []))) is { } next ? new Candidate(next, 0, []) : null;
    }

    private sealed record Candidate(EvaluationRequest Request, int Tries, IReadOnlyList<string> Refused);

    private sealed class Place(IEvaluationPlace place)
    {
        public IEvaluationPlace Is => place;

        public HashSet<string> Lacks { get; } = [];

        public bool Takes(Candidate candidate) => candidate.Tries < MostTries && !Lacks.Contains(candidate.Request.Target.DataSet)
            && !candidate.Refused.Contains(place.Worker);
    }
}

/// <summary>One evaluation on one worker. Two are never equal, even for the same request.</summary>
internal sealed class EvaluationElsewhere(EvaluationRequest request, IEvaluationPlace place, int tries)
{
    /// <summary>The request being evaluated.</summary>
    public EvaluationRequest Request => request;

    /// <summary>Where.</summary>
    public IEvaluationPlace Place => place;

    /// <summary>The number of workers that have tried it, this one included.</summary>
    public int Tries => tries;

    /// <summary>Cancels it.</summary>
    public CancellationTokenSource Cancel { get; } = new();

    /// <summary>The workers that have failed at it.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];
}
