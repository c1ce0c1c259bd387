using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;
using CsCheck;

namespace CACL.Actors.Tests.Evaluation;

public sealed class EvaluationQueueTests
{
    private static readonly EvaluationTarget[] Targets =
    [
        new("camvid", "linear", "quick"), new("voc", "linear", "quick"), new("voc", "limited", "quick", 0.1),
    ];

    private static readonly Gen<EvaluationTarget> Target = Gen.OneOf(Targets);
    private static readonly Gen<EvaluationTrigger> Trigger = Gen.Enum<EvaluationTrigger>();

    private enum What
    {
        Demand,
        Checkpoint,
        CheckpointThatCannotBeKept,
        Take,
        PutBack,
        Done,
    }

    [Fact]
    public void One_target_never_waits_twice_and_of_two_requests_the_newer_waits() =>
        Gen.Select(Target, Gen.Bool, Gen.Bool).Array[0, 30].Sample(events =>
        {
            var queue = Queue();
            var newest = new Dictionary<string, EvaluationRequest>();
            EvaluationRequest? inHand = null;
            for (var step = 0; step < events.Length; step++)
            {
                var (target, takes, putsBack) = events[step];
                if (takes && queue.TakeNext() is { } taken)
                {
                    Assert.True(newest.Remove(taken.Target.Key));
                    inHand = taken;
                }

                if (putsBack && inHand is not null)
                {
                    queue.PutBack(inHand);
                    newest.TryAdd(inHand.Target.Key, inHand);
                    inHand = null;
                }

                var request = At(target, step);
                Assert.Equal(newest.GetValueOrDefault(target.Key), queue.Add(request));
                newest[target.Key] = request;
                Assert.Equal(newest.Values.OrderBy(r => r.Step), queue.Waiting.OrderBy(r => r.Step));
            }
        });

    [Fact]
    public void A_newer_request_takes_the_place_of_the_older_and_a_first_one_comes_last() =>
        Gen.Select(Target.Array[0, 6], Target).Sample((before, target) =>
        {
            var queue = Queue();
            foreach (var (step, earlier) in before.Index()) queue.Add(At(earlier, step));
            var keys = queue.Waiting.Select(r => r.Target.Key).ToList();
            queue.Add(At(target, before.Length));
            if (!keys.Contains(target.Key)) keys.Add(target.Key);
            Assert.Equal(keys, queue.Waiting.Select(r => r.Target.Key));
        });

    [Fact]
    public void Requests_are_taken_in_their_order_and_one_that_is_put_back_comes_first_again() => Target.Array[0, 6].Sample(targets =>
    {
        var queue = Queue();
        foreach (var (step, target) in targets.Index()) queue.Add(At(target, step));
        var all = queue.Waiting;
        if (queue.TakeNext() is { } first) queue.PutBack(first);
        Assert.Equal(all, queue.Waiting);
        List<EvaluationRequest> taken = [];
        while (queue.TakeNext() is { } next) taken.Add(next);
        Assert.Equal(all, taken);
    });

    [Fact]
    public void What_is_demanded_before_a_checkpoint_is_requested_at_it_once_for_the_last_reason_given() =>
        Gen.Select(Target, Trigger).Array[0, 8].Sample(demands =>
        {
            var queue = Queue();
            foreach (var (target, trigger) in demands) Assert.Null(queue.Demand(target, trigger));
            var requests = Requested(queue, queue.DueAt(7, "step-7", 0));
            Assert.Equal(
                demands.GroupBy(d => d.Item1.Key, d => d.Item2).Select(d => (d.Key, d.Last(), 7L, "step-7")).Order(),
                requests.Select(r => (r.Target.Key, r.Trigger, r.Step, r.Checkpoint)).Order());
            Assert.Empty(queue.DueAt(8, "step-8", 0));
        });

    [Fact]
    public void The_schedule_has_each_target_due_at_the_first_checkpoint_of_each_interval() =>
        Gen.Select(Gen.Long[1, 6], Gen.Long[0, 5].Array[0, 20]).Sample((everySteps, pauses) =>
        {
            var queue = Queue();
            List<long> steps = [], due = [];
            var step = 0L;
            foreach (var pause in pauses)
            {
                steps.Add(step += pause);
                var requests = Requested(queue, queue.DueAt(step, "checkpoint", everySteps));
                if (requests.Count == 0) continue;
                Assert.Equal(Targets.Select(t => (t, EvaluationTrigger.EverySteps)), requests.Select(r => (r.Target, r.Trigger)));
                due.Add(step);
            }

            Assert.Equal(steps.GroupBy(s => s / everySteps).Where(g => g.Key > 0).Select(g => g.First()), due);
        });

    [Fact]
    public void What_is_demanded_is_not_lost_before_it_is_made_or_given_up() =>
        Gen.Select(Gen.Enum<What>(), Target).Array[0, 60].Sample(events =>
        {
            var queue = Queue();
            var open = new HashSet<string>();
            EvaluationRequest? inHand = null;
            var step = 0L;
            foreach (var (what, target) in events)
            {
                switch (what)
                {
                    case What.Demand:
                        queue.Demand(target, EvaluationTrigger.Request);
                        open.Add(target.Key);
                        break;
                    case What.Checkpoint:
                        foreach (var request in Requested(queue, queue.DueAt(++step, $"step-{step}", 0))) queue.Add(request);
                        break;
                    case What.CheckpointThatCannotBeKept:
                        foreach (var request in Requested(queue, queue.DueAt(++step, $"step-{step}", 0)))
                        {
                            if (queue.Waiting.All(w => w.Target.Key != request.Target.Key) && inHand?.Target.Key != request.Target.Key)
                                open.Remove(request.Target.Key);
                        }

                        break;
                    case What.Take:
                        inHand ??= queue.TakeNext();
                        break;
                    case What.PutBack when inHand is not null:
                        queue.PutBack(inHand);
                        inHand = null;
                        break;
                    case What.Done when inHand is { Target.Key: var key }:
                        inHand = null;
                        if (queue.Waiting.All(w => w.Target.Key != key) && queue.Demanded.All(d => d.Target.Key != key)) open.Remove(key);
                        break;
                }

                var known = queue.Demanded.Select(d => d.Target.Key).Concat(queue.Waiting.Select(w => w.Target.Key)).ToHashSet();
                if (inHand is not null) known.Add(inHand.Target.Key);
                Assert.Equal(open, known);
            }
        });

    [Fact]
    public void A_resumption_makes_the_newest_request_of_each_target_that_has_no_result_oldest_first() =>
        Gen.Select(Gen.Select(Target, Gen.Long[1, 9]).Array[0, 8], Gen.Select(Target, Gen.Long[0, 9]).Array[0, 3]).Sample((noted, done) =>
        {
            var queue = Queue();
            var evaluated = done.GroupBy(r => r.Item1.Key, r => r.Item2)
                .ToDictionary(r => r.Key, IReadOnlySet<long> (r) => r.ToHashSet());
            var requests = noted.Select(n => At(n.Item1, n.Item2)).Distinct().OrderBy(r => r.Step).ToList();
            Assert.Empty(queue.Resume(evaluated, requests));
            Assert.Equal(
                // Also one before a step that has a result: of two workers, the second may have been the faster.
                requests.Where(r => !evaluated.TryGetValue(r.Target.Key, out var steps) || !steps.Contains(r.Step))
                    .GroupBy(r => r.Target.Key)
                    .Select(g => g.Last())
                    .OrderBy(requests.IndexOf),
                queue.Waiting);
        });

    [Fact]
    public void What_was_evaluated_or_waits_already_is_not_due_again_after_a_resumption()
    {
        var queue = Queue();
        queue.Resume(new Dictionary<string, IReadOnlySet<long>> { [Targets[0].Key] = new HashSet<long> { 4, 10 } }, [At(Targets[1], 12)]);
        Assert.Equal([Targets[2]], queue.DueAt(14, "step-14", 10).Select(r => r.Target));
    }

    [Fact]
    public void A_request_for_a_data_set_that_is_not_configured_any_more_is_dropped()
    {
        var queue = Queue();
        var kitti = At(new EvaluationTarget("kitti", "linear", "quick"), 5);
        Assert.Equal([kitti], queue.Resume(new Dictionary<string, IReadOnlySet<long>>(), [kitti, At(Targets[0], 5)]));
        Assert.Equal([At(Targets[0], 5)], queue.Waiting);
    }

    [Fact]
    public void At_the_end_of_the_training_what_is_demanded_and_what_was_not_evaluated_there_is_due_each_once() =>
        Gen.Select(Target.Array[0, 3], Target.Array[0, 3], Gen.Bool).Sample((evaluated, demanded, atEnd) =>
        {
            var queue = Queue(atEnd);
            foreach (var target in evaluated) queue.Requested(At(target, 12));
            foreach (var target in demanded) queue.Demand(target, EvaluationTrigger.When);
            Assert.Empty(queue.DueAtEnd());
            queue.EndTraining(12, "step-12");
            var whens = demanded.Distinct();
            var others = atEnd ? Targets.Except(demanded).Except(evaluated) : [];
            Assert.Equal(
                whens.Select(t => (t.Key, EvaluationTrigger.When)).Concat(others.Select(t => (t.Key, EvaluationTrigger.AtEnd))).Order(),
                Requested(queue, queue.DueAtEnd()).Select(r => (r.Target.Key, r.Trigger)).Order());
            Assert.Empty(queue.DueAtEnd());
        });

    [Fact]
    public void What_is_demanded_of_a_training_that_is_over_is_requested_of_its_last_checkpoint_at_once()
    {
        var queue = Queue();
        queue.EndTraining(12, "step-12");
        Assert.True(queue.TrainingIsOver);
        Assert.Equal(
            new EvaluationRequest(Targets[0], 12, EvaluationTrigger.Request, "step-12"),
            queue.Demand(Targets[0], EvaluationTrigger.Request));
        Assert.Empty(queue.Demanded);
    }

    [Fact]
    public void Of_a_training_that_ended_without_a_checkpoint_nothing_is_due_and_demands_can_be_forgotten()
    {
        var queue = Queue();
        queue.EndTraining(0, null);
        Assert.Null(queue.Demand(Targets[0], EvaluationTrigger.Request));
        Assert.Empty(queue.DueAtEnd());
        Assert.Equal([Targets[0]], queue.ForgetDemands());
        Assert.Empty(queue.Demanded);
    }

    [Fact]
    public void A_wish_is_answered_with_what_it_comes_to_and_what_it_takes_the_place_of()
    {
        var queue = Queue();
        queue.Add(At(Targets[1], 5));
        var all = queue.AnswerTo(new EvaluationDemand());
        Assert.Equal((Targets.Length, 1), (all.Queued.Count, all.Replaced.Count));
        var full = queue.AnswerTo(new EvaluationDemand("voc", "linear", "full"));
        // Both configured ones of this data set come to the same thing.
        Assert.Equal([new EvaluationTarget("voc", "linear", "full")], full.Queued);
        Assert.Equal([At(Targets[1], 5)], full.Replaced);
        Assert.Equal([0.01, 0.1], queue.AnswerTo(new EvaluationDemand(Protocol: "limited")).Queued.Select(t => t.Fraction).Distinct());
        var unknown = queue.AnswerTo(new EvaluationDemand("kitti"));
        Assert.Empty(unknown.Queued);
        Assert.Equal(["camvid", "voc"], unknown.DataSets);
    }

    [Fact]
    public void A_period_of_a_data_sets_own_takes_the_place_of_the_common_ones()
    {
        var options = new EvaluatorOptions
        {
            Targets = [new("camvid", "linear", "quick"), new("often", "knn", "quick"), new("never", "linear", "full")],
            Schedule = new EvaluationSchedule { EveryEpochs = 1 },
            OwnPeriods = new Dictionary<string, EvaluationPeriod> { ["often"] = new(10, 0), ["never"] = new(0, 0) },
        };
        // 100 videos, 4 a step: an epoch is 25 steps. The common period by steps is the live setting's.
        var queue = new EvaluationQueue(options, new RunLength(100, 4, 1000));
        var due = Enumerable.Range(1, 40).SelectMany(step => Requested(queue, queue.DueAt(step, "c", everySteps: 35)));
        Assert.Equal(
            ["10 often EverySteps", "20 often EverySteps", "25 camvid EveryEpochs", "30 often EverySteps", "35 camvid EverySteps",
                "40 often EverySteps"],
            due.Select(r => $"{r.Step} {r.Target.DataSet} {r.Trigger}"));
        Assert.Equal([new(35, 1), new(10, 0), new(0, 0)], options.Periods(35));
    }

    private static EvaluationQueue Queue(bool atEnd = true) => new(
        new EvaluatorOptions { Targets = Targets, Schedule = new EvaluationSchedule { AtEnd = atEnd } }, new RunLength(100, 4, 1000));

    private static EvaluationRequest At(EvaluationTarget target, long step) =>
        new(target, step, EvaluationTrigger.EverySteps, $"step-{step}");

    private static IReadOnlyList<EvaluationRequest> Requested(EvaluationQueue queue, IReadOnlyList<EvaluationRequest> requests)
    {
        foreach (var request in requests) queue.Requested(request);
        return requests;
    }
}
