using CACL.Actors.Contracts;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;

namespace CACL.Actors.Evaluation;

/// <summary>
/// Holds what is still to be evaluated. A target that is demanded, or due by the schedule, becomes a request at the next checkpoint. At
/// most one request per target waits: a newer one replaces an older one.
/// </summary>
/// <param name="options">The targets, and when each is due.</param>
/// <param name="length">The length of the run, from which the steps of an epoch follow.</param>
internal sealed class EvaluationQueue(EvaluatorOptions options, RunLength length)
{
    private readonly List<EvaluationRequest> _waiting = [];
    private readonly List<(EvaluationTarget Target, EvaluationTrigger Trigger)> _demanded = [];
    private readonly Dictionary<string, long> _last = [];
    private (long Step, string? Checkpoint)? _end;

    /// <summary>Waiting requests, in the order in which they will be evaluated.</summary>
    public IReadOnlyList<EvaluationRequest> Waiting => [.. _waiting];

    /// <summary>Targets to be evaluated at the next checkpoint.</summary>
    public IReadOnlyList<(EvaluationTarget Target, EvaluationTrigger Trigger)> Demanded => [.. _demanded];

    /// <summary>Whether the training is over, so that no checkpoint follows.</summary>
    public bool TrainingIsOver => _end is not null;

    /// <summary>Restores the queue from what is on disk.</summary>
    /// <param name="evaluated">The steps with a result, by the target's key.</param>
    /// <param name="noted">Waiting requests, oldest first. Those that already have a result are skipped.</param>
    /// <returns>The requests that are dropped because their data set is no longer configured.</returns>
    public IReadOnlyList<EvaluationRequest> Resume(
        IReadOnlyDictionary<string, IReadOnlySet<long>> evaluated, IReadOnlyList<EvaluationRequest> noted)
    {
        var dropped = new List<EvaluationRequest>();
        foreach (var (key, steps) in evaluated) _last[key] = steps.Max();
        foreach (var request in noted)
        {
            // The result was recorded, and the process killed before it removed the note. One of a later step says nothing about this one:
            // of two workers, the second may have been the faster.
            if (evaluated.TryGetValue(request.Target.Key, out var steps) && steps.Contains(request.Step)) continue;
            if (options.Targets.All(t => t.DataSet != request.Target.DataSet))
            {
                dropped.Add(request);
                continue;
            }

            _waiting.RemoveAll(r => r.Target.Key == request.Target.Key);
            _waiting.Add(request);
            _last[request.Target.Key] = Math.Max(request.Step, _last.GetValueOrDefault(request.Target.Key));
        }

        return dropped;
    }

    /// <summary>Returns the answer to a demand. The caller still has to call Demand for each target of the answer.</summary>
    public EvaluationAnswer AnswerTo(EvaluationDemand wish)
    {
        var targets = options.Targets.Where(t => wish.DataSet is null || t.DataSet == wish.DataSet)
            .Select(t => Refine(t, wish))
            .DistinctBy(t => t.Key)
            .ToList();
        var replaced = _waiting.Where(w => targets.Any(t => t.Key == w.Target.Key)).ToList();
        return new EvaluationAnswer(targets, replaced, [.. options.Targets.Select(t => t.DataSet).Distinct()]);
    }

    /// <summary>Demands an evaluation of the current state on a target. It replaces an earlier demand for the same target.</summary>
    /// <returns>
    /// The request, if the training is over and has a last checkpoint; null if the target waits for the next checkpoint.
    /// </returns>
    public EvaluationRequest? Demand(EvaluationTarget target, EvaluationTrigger trigger)
    {
        if (_end is { Checkpoint: { } last, Step: var step }) return new EvaluationRequest(target, step, trigger, last);
        _demanded.RemoveAll(d => d.Target.Key == target.Key);
        _demanded.Add((target, trigger));
        return null;
    }

    /// <summary>Returns the requests that a checkpoint gives rise to: those demanded, and those due by the schedule.</summary>
    /// <param name="step">Steps behind the checkpoint.</param>
    /// <param name="checkpoint">Its folder.</param>
    /// <param name="everySteps">Steps between two evaluations, in place of the schedule's; 0: none by steps. It
    /// does not touch periods of a data set's own.</param>
    public IReadOnlyList<EvaluationRequest> DueAt(long step, string checkpoint, long everySteps)
    {
        var wanted = Demanded.ToList();
        foreach (var target in options.Targets.Where(t => !IsDemanded(t)))
        {
            var period = options.PeriodOf(target, everySteps);
            if (period.DueBetween(_last.GetValueOrDefault(target.Key), step, length) is { } trigger) wanted.Add((target, trigger));
        }

        return [.. wanted.Select(w => new EvaluationRequest(w.Target, step, w.Trigger, checkpoint))];
    }

    /// <summary>Notes that the training is over.</summary>
    /// <param name="step">Steps done at its end.</param>
    /// <param name="checkpoint">Folder of its last checkpoint, or null.</param>
    public void EndTraining(long step, string? checkpoint) => _end = (step, checkpoint);

    /// <summary>
    /// Returns the requests that the end of the training gives rise to: those demanded and, if the schedule says so, one for each target
    /// that was not evaluated at the last step. There are none without a checkpoint.
    /// </summary>
    public IReadOnlyList<EvaluationRequest> DueAtEnd()
    {
        if (_end is not { Checkpoint: { } last, Step: var step }) return [];
        var wanted = Demanded.ToList();
        if (options.Schedule.AtEnd)
        {
            wanted.AddRange(options.Targets.Where(t => _last.GetValueOrDefault(t.Key) != step && !IsDemanded(t))
                .DistinctBy(t => t.Key)
                .Select(t => (t, EvaluationTrigger.AtEnd)));
        }

        return [.. wanted.Select(w => new EvaluationRequest(w.Target, step, w.Trigger, last))];
    }

    /// <summary>
    /// Notes that a demanded or due target has become a request, whatever happens to it: the demand is cleared, and the schedule counts
    /// from this step.
    /// </summary>
    public void Requested(EvaluationRequest request)
    {
        _last[request.Target.Key] = request.Step;
        _demanded.RemoveAll(d => d.Target.Key == request.Target.Key);
    }

    /// <summary>Enqueues a request at the end, or in the place of an older one for the same target.</summary>
    /// <returns>The request that it replaces, or null.</returns>
    public EvaluationRequest? Add(EvaluationRequest request)
    {
        var place = PlaceOf(request.Target);
        if (place < 0)
        {
            _waiting.Add(request);
            return null;
        }

        var former = _waiting[place];
        _waiting[place] = request;
        return former;
    }

    /// <summary>Dequeues the next request; returns null if none waits.</summary>
    public EvaluationRequest? TakeNext() => TakeNext(_ => true);

    /// <summary>Dequeues the first request that is suitable; returns null if none waits.</summary>
    public EvaluationRequest? TakeNext(Func<EvaluationRequest, bool> suits)
    {
        if (_waiting.Find(request => suits(request)) is not { } next) return null;
        _waiting.Remove(next);
        return next;
    }

    /// <summary>
    /// Puts a request that was dequeued but not evaluated back at the front, unless a newer one for its target is waiting.
    /// </summary>
    public void PutBack(EvaluationRequest request)
    {
        if (PlaceOf(request.Target) < 0) _waiting.Insert(0, request);
    }

    /// <summary>Drops the demands, because no further checkpoint will come.</summary>
    /// <returns>The demands that were dropped.</returns>
    public IReadOnlyList<EvaluationTarget> ForgetDemands()
    {
        EvaluationTarget[] targets = [.. _demanded.Select(d => d.Target)];
        _demanded.Clear();
        return targets;
    }

    private static EvaluationTarget Refine(EvaluationTarget target, EvaluationDemand wish)
    {
        var protocol = wish.Protocol ?? target.Protocol;
        return target with
        {
            Protocol = protocol,
            Variant = wish.Variant ?? target.Variant,
            Fraction = protocol == EvaluationProtocols.Limited ? target.Fraction ?? EvaluationProtocols.DefaultFraction : null,
        };
    }

    private bool IsDemanded(EvaluationTarget target) => _demanded.Exists(d => d.Target.Key == target.Key);

    private int PlaceOf(EvaluationTarget target) => _waiting.FindIndex(w => w.Target.Key == target.Key);
}
