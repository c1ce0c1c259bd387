using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationTarget CamVid = new("camvid", "linear", "quick");
    private static readonly EvaluationTarget Voc = new("voc", "limited", "quick", 0.01);

    [Fact]
    public async Task Checkpoints_are_made_and_evaluated_where_the_schedule_falls_due()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 4, AtEnd = true });
        run.Options = run.Options with { CheckpointEverySteps = 0, MaxSteps = 10 };
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal([4L, 8, 10], run.Storage.Written.Select(p => p.Step));
        Assert.Equal(["4 every-steps done", "8 every-steps done", "10 at-end done"], run.Evaluations.Select(Words));
        // The evaluation measured the state of that very step.
        Assert.Equal(
            run.Storage.Written.Select(p => p.Snapshot.Tensors[0].Values[0]),
            run.Evaluations.Select(e => e.GetProperty("state").GetSingle()));
        Assert.False(Directory.Exists(Path.Combine(run.Folder, "evaluations", "pending")));
    }

    [Fact]
    public async Task A_data_set_is_evaluated_at_its_own_period_beside_the_common_one()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 8, AtEnd = false }, CamVid, new("often", "knn", "quick"));
        run.Evaluation = run.Evaluation with { OwnPeriods = new Dictionary<string, EvaluationPeriod> { ["often"] = new(3, 0) } };
        run.Options = run.Options with { CheckpointEverySteps = 0, MaxSteps = 10 };
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal([3L, 6, 8, 9, 10], run.Storage.Written.Select(p => p.Step));
        Assert.Equal(
            ["3 often-knn", "6 often-knn", "8 camvid-linear", "9 often-knn"],
            run.Evaluations.Select(e => $"{e.GetProperty("step")} {e.GetProperty("dataset")}-{e.GetProperty("protocol")}"));
    }

    [Fact]
    public async Task Epochs_count_samples_not_steps()
    {
        // 20 videos, 4 a step: an epoch is 5 steps.
        using var run = Run(new EvaluationSchedule { EveryEpochs = 2, AtEnd = false });
        run.Options = run.Options with { CheckpointEverySteps = 0, MaxSteps = 22 };
        run.InNoHurry();
        await run.RunAsync();
        Assert.Equal(["10 every-epochs done", "20 every-epochs done"], run.Evaluations.Select(Words));
    }

    [Fact]
    public async Task A_finished_training_is_evaluated_once_whatever_triggers_agree_on_it()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 12, EveryEpochs = 1, AtEnd = true });
        run.Options = run.Options with { CheckpointEverySteps = 0 };
        run.InNoHurry();
        await run.RunAsync();
        Assert.Equal(["5 every-epochs done", "10 every-epochs done", "12 every-steps done"], run.Evaluations.Select(Words));
    }

    [Fact]
    public async Task A_newer_request_takes_the_place_of_one_that_waits_and_one_runs_at_a_time()
    {
        using var go = new ManualResetEventSlim();
        using var run = Run(new EvaluationSchedule { EverySteps = 2, AtEnd = true }, CamVid, Voc);
        run.Evaluator!.Before = (_, _, _) => Task.Run(() => Eventually.IsSet(go), CancellationToken.None);
        run.InNoHurry(evaluated: false);
        var training = run.Start();
        await Eventually.HoldsAsync(
            async () => (await training.EvaluationsAsync(Eventually.Patience)).Waiting is [{ Step: 12 }, { Step: 12 }]);
        go.Set();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
        // The first evaluation began at once; of those that were requested while it ran, only the newest is left.
        Assert.Equal(
            [("camvid", 2L), ("voc", 12), ("camvid", 12)],
            run.Evaluations.Select(e => (e.GetProperty("dataset").GetString()!, e.GetProperty("step").GetInt64())));
        Assert.Equal(1, run.Evaluator.MostAtOnce);
    }

    [Fact]
    public async Task That_the_training_is_over_is_told_once_while_evaluations_that_are_left_go_on_and_no_engine_is_left()
    {
        using var go = new ManualResetEventSlim();
        var (told, engines) = (0, -1);
        using var run = Run(new EvaluationSchedule { AtEnd = true });
        run.Evaluator!.Before = (_, _, _) => Task.Run(() => Eventually.IsSet(go), CancellationToken.None);
        run.TrainingOver = () =>
        {
            engines = run.Training.Engines.Alive;
            Interlocked.Increment(ref told);
        };
        run.InNoHurry(evaluated: false);
        var running = run.Start();
        Eventually.Holds(() => Volatile.Read(ref told) == 1);
        Assert.False(running.Completion.IsCompleted);
        go.Set();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
        Assert.Equal((1, 0), (told, engines));
    }

    [Fact]
    public async Task A_checkpoint_that_waits_outlasts_the_removal_of_old_ones()
    {
        using var go = new ManualResetEventSlim();
        using var run = Run(new FakeStorage { Prunes = true }, new EvaluationSchedule { EverySteps = 6, AtEnd = false }, CamVid, Voc);
        run.Options = run.Options with { CheckpointEverySteps = 1, MaxSteps = 10 };
        run.Evaluator!.Before = (_, _, _) => Task.Run(() => Eventually.IsSet(go), CancellationToken.None);
        run.InNoHurry(evaluated: false);
        var training = run.Start();
        Eventually.Holds(() => run.Storage.Written is [.., { Step: 10 }]);
        go.Set();
        await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["6 every-steps done", "6 every-steps done"], run.Evaluations.Select(Words));
    }

    [Fact]
    public async Task What_fails_is_tried_again_then_recorded_as_failed()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = false });
        run.Evaluator!.Before = (request, attempt, _) =>
            request.Step == 10 || attempt == 1 ? throw new InvalidOperationException("out of memory.") : Task.CompletedTask;
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(["5 every-steps done", "10 every-steps failed"], run.Evaluations.Select(Words));
        Assert.Equal([2, 2], run.Evaluations.Select(e => e.GetProperty("attempts").GetInt32()));
        Assert.Equal("out of memory", run.Evaluations[1].GetProperty("error").GetString());
    }

    [Fact]
    public async Task One_that_hangs_is_ended_at_the_deadline()
    {
        using var run = Run(new EvaluationSchedule { AtEnd = true });
        run.Evaluation = run.Evaluation with { Deadline = TimeSpan.FromMilliseconds(50) };
        run.Evaluator!.Before = (_, _, cancel) => Eventually.Never(cancel);
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var line = Assert.Single(run.Evaluations);
        Assert.Equal("12 at-end failed", Words(line));
        Assert.Contains("cacl.evaluation.deadline", line.GetProperty("error").GetString());
        Assert.Equal(2, run.Evaluator.Seen.Count);
    }

    [Fact]
    public async Task One_that_does_not_end_when_told_to_holds_up_nobody()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true });
        using var never = new ManualResetEventSlim();
        run.Evaluation = run.Evaluation with { Deadline = TimeSpan.FromMilliseconds(50), EndingTime = TimeSpan.FromMilliseconds(50) };
        run.Evaluator!.Before = (_, _, _) =>
        {
            never.Wait(CancellationToken.None);
            return Task.CompletedTask;
        };
        var outcome = await run.RunAsync();
        never.Set();
        Assert.Equal(RunEnd.Completed, outcome.End);
        Assert.Single(run.Evaluator.Seen);
        Assert.Contains("does not end", run.Evaluations[0].GetProperty("error").GetString());
        Assert.Equal(1, outcome.EvaluationsLeft);
    }

    [Fact]
    public async Task A_run_that_is_stopped_leaves_what_waits_and_its_resumption_makes_it()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true }, CamVid, Voc);
        using var begun = new ManualResetEventSlim();
        run.Evaluator!.Before = (_, _, cancel) =>
        {
            begun.Set();
            return Eventually.Never(cancel);
        };
        run.Training.Before = step =>
        {
            if (step != 7) return;
            // This waits until the loop has received the stop, since the answer comes after it: two steps later the run would save again.
            Eventually.IsSet(begun);
            Eventually.Holds(() => run.Run.Status().Stopping);
            Eventually.Ends(run.Run.StatusAsync(Eventually.Patience));
        };
        var training = run.Start();
        Eventually.IsSet(begun);
        training.Stop("enough");
        var outcome = await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((RunEnd.Stopped, 2), (outcome.End, outcome.EvaluationsLeft));
        Assert.Empty(run.Evaluations);

        run.Evaluator.Before = null;
        using var rest = run.Again();
        rest.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await rest.RunAsync(run.Storage.Written[^1])).End);
        Assert.Equal(
            ["5 camvid", "5 voc", "10 camvid", "10 voc", "12 camvid", "12 voc"],
            rest.Evaluations.Select(e => $"{e.GetProperty("step")} {e.GetProperty("dataset")}"));
    }

    [Fact]
    public async Task Once_the_training_is_done_a_stop_ends_the_evaluations_at_once_and_the_result_stays()
    {
        using var run = Run(new EvaluationSchedule { AtEnd = true });
        using var begun = new ManualResetEventSlim();
        run.Evaluator!.Before = (_, _, cancel) =>
        {
            begun.Set();
            return Eventually.Never(cancel);
        };
        var training = run.Start();
        Eventually.IsSet(begun);
        training.Stop("enough");
        var outcome = await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((RunEnd.Completed, 12L, 1), (outcome.End, outcome.Step, outcome.EvaluationsLeft));

        run.Evaluator.Before = null;
        using var rest = run.Again();
        Assert.Equal(0, (await rest.RunAsync(run.Storage.Written[^1])).EvaluationsLeft);
        Assert.Equal("12 at-end done", Words(Assert.Single(rest.Evaluations)));
    }

    [Fact]
    public async Task A_resumed_run_doubles_no_evaluation_and_makes_one_that_was_lost()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true });
        run.InNoHurry();
        await run.RunAsync();
        var tenth = run.Storage.Written.Single(p => p.Step == 10);
        using (var again = run.Again())
        {
            // Whoever prepares the folder removes the lines of steps that are repeated.
            var (file, kept) = (Path.Combine(run.Folder, "evaluations.jsonl"), Path.Combine(run.Folder, "kept"));
            using (var copy = File.Create(kept)) JsonLinesFile.CopyKept(file, copy, line => line.GetProperty("step").GetInt64() <= 10);
            File.Move(kept, file, overwrite: true);
            again.InNoHurry();
            await again.RunAsync(tenth);
            Assert.Equal(["5 every-steps done", "10 every-steps done", "12 at-end done"], again.Evaluations.Select(Words));
            Assert.Equal(4, run.Evaluator!.Seen.Count);
        }

        File.WriteAllLines(Path.Combine(run.Folder, "evaluations.jsonl"), run.Lines("evaluations.jsonl").Take(1));
        using var lost = run.Again();
        lost.InNoHurry();
        await lost.RunAsync(tenth);
        Assert.Equal(["5 every-steps done", "10 every-steps done", "12 at-end done"], lost.Evaluations.Select(Words));
    }

    [Fact]
    public async Task What_is_asked_for_is_evaluated_at_the_next_step()
    {
        using var run = Run(new EvaluationSchedule { AtEnd = false }, CamVid, Voc);
        run.Options = run.Options with { CheckpointEverySteps = 0 };
        using var fourth = new ManualResetEventSlim();
        using var asked = new ManualResetEventSlim();
        run.Training.Before = step =>
        {
            if (step != 4) return;
            fourth.Set();
            Eventually.IsSet(asked);
        };
        var training = run.Start();
        Eventually.IsSet(fourth);
        var unknown = await training.RequestEvaluationAsync(new EvaluationDemand("kitti"), Eventually.Patience);
        Assert.Empty(unknown.Queued);
        Assert.Equal(["camvid", "voc"], unknown.DataSets);
        var answer = await training.RequestEvaluationAsync(new EvaluationDemand("camvid", "limited", "full"), Eventually.Patience);
        Assert.Equal([new EvaluationTarget("camvid", "limited", "full", 0.01)], answer.Queued);
        // The loop receives the request after it has passed from the evaluator to the supervisor and to the trainer, in that order.
        await training.EvaluationsAsync(Eventually.Patience);
        await training.StatusAsync(Eventually.Patience);
        asked.Set();
        await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        var line = Assert.Single(run.Evaluations);
        Assert.Equal("5 request done", Words(line));
        Assert.Equal((0.01, "full"), (line.GetProperty("fraction").GetDouble(), line.GetProperty("variant").GetString()));
    }

    [Fact]
    public async Task A_run_without_evaluations_says_so()
    {
        using var run = new FakeRun();
        using var go = new ManualResetEventSlim();
        run.Training.Before = step => { if (step == 4) Eventually.IsSet(go); };
        var training = run.Start();
        var answer = await training.RequestEvaluationAsync(new EvaluationDemand(), Eventually.Patience);
        Assert.Empty(answer.DataSets);
        Assert.Null((await training.EvaluationsAsync(Eventually.Patience)).Running);
        go.Set();
        await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Empty(run.Evaluations);
    }

    [Fact]
    public async Task A_condition_triggers_once_when_it_becomes_true()
    {
        Assert.True(MetricCondition.TryParse("loss < 0.03", ["loss"], out var condition, out _));
        using var run = Run(new EvaluationSchedule { When = [condition!], AtEnd = false });
        run.Options = run.Options with { CheckpointEverySteps = 0, MaxSteps = 80 };
        // The fake's loss is 1/(step): its mean over 20 steps falls below 0.03 between steps 40 and 50.
        var expected = Enumerable.Range(20, 60).First(step => Enumerable.Range(step - 19, 20).Average(s => 1.0 / s) < 0.03);
        run.Training.Before = _ => run.AwaitWatched();
        await run.RunAsync();
        var line = Assert.Single(run.Evaluations);
        Assert.Equal("when", line.GetProperty("trigger").GetString());
        Assert.Equal(expected + 1, line.GetProperty("step").GetInt64()); // received after its step, saved and measured after the next
    }

    [Fact]
    public async Task An_evaluator_that_cannot_start_ends_no_run()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true });
        // Half a character is no valid text: reading the earlier evaluations fails.
        const string Before = "{\"dataset\":\"\\ud800\",\"protocol\":\"linear\",\"step\":1}\n";
        File.WriteAllText(Path.Combine(run.Folder, "evaluations.jsonl"), Before);
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(Before, File.ReadAllText(Path.Combine(run.Folder, "evaluations.jsonl")));
        Assert.Empty(run.Evaluator!.Seen);
        Assert.Equal(ActorState.Stopped, run.Run.Actors().Single(a => a.Kind == "evaluator").State);
        Assert.Single(run.Said, line => line.Contains("nothing is evaluated any more; training goes on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_kept_for_its_evaluation_is_recorded_as_failed()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true });
        Directory.CreateDirectory(Path.Combine(run.Folder, "evaluations"));
        File.WriteAllText(Path.Combine(run.Folder, "evaluations", "pending"), "a file in the way");
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(["5 every-steps failed", "10 every-steps failed", "12 at-end failed"], run.Evaluations.Select(Words));
        const string Why = "the checkpoint could not be kept";
        Each.Holds(run.Evaluations, e => Assert.StartsWith(Why, e.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.Empty(run.Evaluator!.Seen);
    }

    [Fact]
    public async Task A_result_that_the_disk_does_not_take_waits_for_the_next()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true });
        var lines = Path.Combine(run.Folder, "evaluations.jsonl");
        run.Evaluator!.Before = (_, attempt, _) =>
        {
            if (attempt == 1) Directory.CreateDirectory(lines);
            else if (Directory.Exists(lines)) Directory.Delete(lines);
            return Task.CompletedTask;
        };
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(["5 every-steps done", "10 every-steps done", "12 at-end done"], run.Evaluations.Select(Words));
    }

    [Fact]
    public async Task An_evaluator_actor_that_crashes_is_restarted_and_loses_nothing_that_waits()
    {
        using var run = Run(new EvaluationSchedule { EverySteps = 5, AtEnd = true }, CamVid, Voc);
        // The object throws as soon as it is accessed: nothing catches that, so the actor fails.
        run.Evaluator!.Result = number => number == 1 ? JsonNode.Parse("""{"miou": 1, "miou": 2}""")!.AsObject() : null;
        run.InNoHurry();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(7, run.Evaluator.Seen.Count);
        Assert.Equal(
            ["5 camvid", "5 voc", "10 camvid", "10 voc", "12 camvid", "12 voc"],
            run.Evaluations.Select(e => $"{e.GetProperty("step")} {e.GetProperty("dataset")}")
                .Order(StringComparer.Ordinal)
                .OrderBy(w => int.Parse(w.Split(' ')[0])));
    }

    private static FakeRun Run(EvaluationSchedule schedule, params EvaluationTarget[] targets) => Run(new FakeStorage(), schedule, targets);

    private static FakeRun Run(FakeStorage storage, EvaluationSchedule schedule, params EvaluationTarget[] targets)
    {
        var run = new FakeRun { Evaluator = new FakeEvaluator(), Storage = storage };
        run.Evaluation = new EvaluatorOptions
        {
            Targets = targets.Length > 0 ? targets : [CamVid],
            Schedule = schedule,
            BackOff = new BackOff(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
            Deadline = TimeSpan.FromSeconds(20),
        };
        return run;
    }

    private static string Words(JsonElement line) =>
        $"{line.GetProperty("step")} {line.GetProperty("trigger").GetString()} {line.GetProperty("status").GetString()}";
}
