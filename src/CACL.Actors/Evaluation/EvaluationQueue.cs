using CACL.Actors.Contracts;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;

namespace CACL.Actors.Evaluation;

/// <summary>
/// What is still to be evaluated. A target that is demanded, or due by the schedule, becomes a request as soon as there is a checkpoint
/// for it; a request waits for its turn, one for each target, and a newer one takes the place of the older.
/// </summary>
/// <param name="options">The targets, and when each is due.</param>
/// <param name="length">How many steps an epoch has.</param>
internal sealed class EvaluationQueue(EvaluatorOptions options, RunLength length)
{
    private readonly List<EvaluationRequest> _waiting = [];
    private readonly List<(EvaluationTarget Target, EvaluationTrigger Trigger)> _demanded = [];
    private readonly Dictionary<string, long> _last = [];
    private (long Step, string? Checkpoint)? _end;

    /// <summary>Requests that wait, in the order in which they are made.</summary>
    public IReadOnlyList<EvaluationRequest> Waiting => [.. _waiting];

    /// <summary>What is to be evaluated at the next checkpoint.</summary>
    public IReadOnlyList<(EvaluationTarget Target, EvaluationTrigger Trigger)> Demanded => [.. _demanded];

    /// <summary>Whether the training is over, so that no checkpoint follows.</summary>
    public bool TrainingIsOver => _end is not null;

    /// <summary>Goes on from what is on the disk.</summary>
    /// <param name="evaluated">For each key of a target the last step that has a result.</param>
    /// <param name="noted">Requests that wait there, oldest first. One that has its result is left out.</param>
    /// <returns>Requests that are dropped, since their data set is not configured any more.</returns>
    public IReadOnlyList<EvaluationRequest> Resume(
        IReadOnlyDictionary<string, long> evaluated, IReadOnlyList<EvaluationRequest> noted)
    {
        var dropped = new List<EvaluationRequest>();
        foreach (var (key, step) in evaluated) _last[key] = step;
        foreach (var request in noted)
        {
            // Recorded, then killed before the note was taken away.
            if (_last.GetValueOrDefault(request.Target.Key, -1) >= request.Step) continue;
            if (options.Targets.All(t => t.DataSet != request.Target.DataSet))
            {
                dropped.Add(request);
                continue;
            }

            _waiting.RemoveAll(r => r.Target.Key == request.Target.Key);
            _waiting.Add(request);
            _last[request.Target.Key] = request.Step;
        }

        return dropped;
    }

    /// <summary>What somebody's wish comes to. Each target of the answer is still to be demanded.</summary>
    public EvaluationAnswer AnswerTo(EvaluationDemand wish)
    {
        var targets = options.Targets.Where(t => wish.DataSet is null || t.DataSet == wish.DataSet)
            .Select(t => Refine(t, wish))
            .DistinctBy(t => t.Key)
            .ToList();
        var replaced = _waiting.Where(w => targets.Any(t => t.Key == w.Target.Key)).ToList();
        return new EvaluationAnswer(targets, replaced, [.. options.Targets.Select(t => t.DataSet).Distinct()]);
    }

    /// <summary>A target is to be evaluated in the state that the training is in. What was demanded of it before is forgotten.</summary>
    /// <returns>
    /// The request, where the training is over and its last checkpoint is there; null: the target waits for the next checkpoint.
    /// </returns>
    public EvaluationRequest? Demand(EvaluationTarget target, EvaluationTrigger trigger)
    {
        if (_end is { Checkpoint: { } last, Step: var step }) return new EvaluationRequest(target, step, trigger, last);
        _demanded.RemoveAll(d => d.Target.Key == target.Key);
        _demanded.Add((target, trigger));
        return null;
    }

    /// <summary>The requests to be made at a checkpoint: for what is demanded, and for what the schedule has due by then.</summary>
    /// <param name="step">Steps behind the checkpoint.</param>
    /// <param name="checkpoint">Its folder.</param>
    /// <param name="everySteps">Steps between two evaluations, in place of the schedule's; 0: none by steps.</param>
    public IReadOnlyList<EvaluationRequest> DueAt(long step, string checkpoint, long everySteps)
    {
        var wanted = Demanded.ToList();
        var schedule = options.Schedule with { EverySteps = everySteps };
        foreach (var target in options.Targets.Where(t => !IsDemanded(t)))
        {
            if (schedule.DueBetween(_last.GetValueOrDefault(target.Key), step, length) is { } trigger) wanted.Add((target, trigger));
        }

        return [.. wanted.Select(w => new EvaluationRequest(w.Target, step, w.Trigger, checkpoint))];
    }

    /// <summary>The training is over.</summary>
    /// <param name="step">Steps behind its end.</param>
    /// <param name="checkpoint">Folder of its last checkpoint, or null.</param>
    public void EndTraining(long step, string? checkpoint) => _end = (step, checkpoint);

    /// <summary>
    /// The requests to be made of a training that is over: for what is demanded, and for each target that was not evaluated at its end, if
    /// the schedule wants that. None where there is no checkpoint.
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
    /// A request is made of what was demanded or due, whatever becomes of it: the target is not demanded any more, and the schedule counts
    /// from this step.
    /// </summary>
    public void Requested(EvaluationRequest request)
    {
        _last[request.Target.Key] = request.Step;
        _demanded.RemoveAll(d => d.Target.Key == request.Target.Key);
    }

    /// <summary>Has a request wait behind all others, or in the place of an older one of its target.</summary>
    /// <returns>The one whose place it takes, or null.</returns>
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

    /// <summary>The request whose turn it is, which does not wait any more; null: none waits.</summary>
    public EvaluationRequest? TakeNext()
    {
        if (_waiting is not [var next, ..]) return null;
        _waiting.RemoveAt(0);
        return next;
    }

    /// <summary>
    /// A request that had its turn and was not made waits again, before all others, unless a newer one of its target has come to wait.
    /// </summary>
    public void PutBack(EvaluationRequest request)
    {
        if (PlaceOf(request.Target) < 0) _waiting.Insert(0, request);
    }

    /// <summary>No checkpoint comes for what is demanded.</summary>
    /// <returns>What is not evaluated for that reason.</returns>
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
