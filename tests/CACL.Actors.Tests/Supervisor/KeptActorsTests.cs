using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

/// <summary>
/// Tests that telemetry, checkpoints, control and the evaluator are restarted when they fail, and how a run continues if that does not
/// help.
/// </summary>
public sealed class KeptActorsTests
{
    private static readonly BackOff Soon = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));

    [Fact]
    public async Task Telemetry_that_fails_again_and_again_is_given_up_aloud_and_training_goes_on_in_good_health()
    {
        var clock = new JumpingClock();
        using var instruments = new RunInstruments(clock);
        using var run = new FakeRun
        {
            Clock = clock,
            Instruments = instruments,
            Observer = _ => throw new InvalidOperationException("bug in the display"),
        };
        run.Options = run.Options with { MaxActorRestarts = 2, ActorBackOff = Soon, CheckpointEverySteps = 0 };
        var sinceProgress = TimeSpan.MaxValue;
        run.Training.Before = step =>
        {
            if (step == 11)
            {
                Eventually.Ends(run.Run.StatusAsync(Eventually.Patience)); // sent after the report of the step before
                sinceProgress = instruments.SinceProgress;
            }

            if (step != 10) return;
            Eventually.Holds(() => StateOf(run, "telemetry") == ActorState.Stopped);
            clock.Jump(TimeSpan.FromHours(1));
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        // Each failed step's line was written before the observer failed.
        Assert.Equal(3, run.Lines("metrics.jsonl").Length);
        Assert.Single(run.Said, line => line.Contains("nothing is written to metrics.jsonl", StringComparison.Ordinal));
        const string Again = "telemetry failed: bug in the display. Decision: restarted";
        Assert.Equal(2, run.Said.Count(line => line.Contains(Again, StringComparison.Ordinal)));
        // The hour passed before a step that telemetry did not receive.
        Assert.InRange(sinceProgress, TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task Telemetry_that_fails_misses_nothing_of_what_happens_before_it_is_back()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { ActorBackOff = new BackOff(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300)) };
        run.Training.Before = step => { if (step == 3) run.Tell("telemetry", Kill.Instance); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var steps = run.Lines("metrics.jsonl").Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32());
        Assert.Equal(Enumerable.Range(1, 12), steps);
        Assert.Equal(1, run.Run.Actors().Single(a => a.Kind == "telemetry").Restarts);
    }

    [Fact]
    public async Task Telemetry_that_cannot_open_its_files_any_more_ends_no_run()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { MaxActorRestarts = 2, ActorBackOff = Soon };
        run.Training.Before = step =>
        {
            if (step != 3) return;
            var metrics = Path.Combine(run.Folder, "metrics.jsonl");
            File.Delete(metrics);
            Directory.CreateDirectory(metrics);
            run.Tell("telemetry", Kill.Instance);
            Eventually.Holds(() => StateOf(run, "telemetry") == ActorState.Stopped);
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Contains("metrics.jsonl", run.Run.Actors().Single(a => a.Kind == "telemetry").LastDecision, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_checkpoints_cannot_be_written_ends_and_says_why()
    {
        using var run = new FakeRun();
        run.Options = run.Options with
        {
            MaxSteps = 0,
            Epochs = 1_000_000,
            CheckpointEverySteps = 2,
            MaxActorRestarts = 2,
            ActorBackOff = Soon,
        };
        var tries = 0;
        run.Storage.Before = step =>
        {
            if (step == 2) return;
            tries++;
            throw new InvalidOperationException("bug in the writer");
        };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000002", 3), (outcome.End, outcome.Checkpoint, tries));
        const string Why = "failed 3 times in a row, the last time because: bug in the writer. The run ends";
        Assert.Contains(Why, outcome.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (run.Training.Engines.Begun, run.Training.Engines.Alive));
    }

    [Fact]
    public async Task A_checkpoint_over_which_its_writer_failed_is_written_by_the_restarted_one_however_often_that_happens()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { CheckpointEverySteps = 1, MaxActorRestarts = 1, ActorBackOff = Soon };
        var failed = new HashSet<long>();
        run.Storage.Before = step => { if (failed.Add(step)) throw new InvalidOperationException("bug in the writer"); };
        run.Training.Before = _ => run.AwaitSaved();
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), run.Storage.Written.Select(p => p.Step));
    }

    [Fact]
    public async Task A_checkpoint_that_was_overtaken_while_its_writer_was_away_is_not_written_over_the_newer_one()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { MaxActorRestarts = 1, ActorBackOff = Soon };
        using var done = new ManualResetEventSlim();
        var failed = false;
        run.Storage.Before = step =>
        {
            if (step != 5 || failed) return;
            failed = true;
            Eventually.Holds(() => run.Training.Copies == 2); // the final snapshot has been or is about to be sent to it
            Eventually.IsSet(done);
            throw new InvalidOperationException("bug in the writer");
        };
        run.Training.BeforeItGoes = done.Set;
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Completed, "step-00000012"), (outcome.End, outcome.Checkpoint));
        Assert.Equal([12], run.Storage.Written.Select(p => p.Step));
    }

    [Fact]
    public async Task A_writer_that_fails_over_the_last_try_of_a_run_that_ends_does_not_begin_to_wait_for_ever()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = int.MaxValue } };
        run.Options = run.Options with { OnCheckpointFailure = OnCheckpointFailure.Pause, CheckpointBackOff = Soon, ActorBackOff = Soon };
        // A real run's steps take longer than the request to pause; these would all be done before it arrives.
        run.Training.Before = step => { if (step == 6) Eventually.Holds(() => run.Run.Status().PausedByCheckpoint); };
        var training = run.Start();
        Eventually.Holds(() => training.Status().State == RunState.Paused);
        using var told = new ManualResetEventSlim();
        var tries = 0;
        run.Storage.Before = _ =>
        {
            if (!training.Status().Stopping) return;
            // Its first attempt from then on, which fails like the others, lasts until it is told to hurry; the second comes after that.
            if (Interlocked.Increment(ref tries) == 1) Eventually.IsSet(told);
            if (tries == 2) throw new InvalidOperationException("bug in the writer");
        };
        training.Stop("enough");
        await training.StatusAsync(Eventually.Patience);
        told.Set();
        var outcome = await run.OutcomeAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Equal(1, run.Run.Actors().Single(a => a.Kind == "checkpoints").Restarts);
        Assert.Contains("could not be saved", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_that_is_given_up_while_a_roll_back_waits_for_it_ends_the_run()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [6] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback, MaxActorRestarts = 0, CheckpointEverySteps = 3 };
        run.Training.Before = step => { if (step == 5) run.AwaitSaved(); };
        run.Storage.Before = step =>
        {
            if (step == 3) return;
            Eventually.Holds(() => run.Training.Engines is { Begun: 1, Alive: 0 });
            throw new InvalidOperationException("bug in the writer");
        };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000003"), (outcome.End, outcome.Checkpoint));
        Assert.Contains("Checkpoints cannot be written", outcome.Message, StringComparison.Ordinal);
        // The time limit of the roll-back's wait passes later on.
        run.Tell("", new RunSupervisor.SaveTimeOver());
        await run.Run.StatusAsync(Eventually.Patience);
        Assert.Equal("run/trainer-1", run.Run.Actors().Single(a => a.Kind == "trainer").Path);
        Assert.Equal(1, run.Training.Engines.Begun);
    }

    [Fact]
    public async Task Control_that_fails_answers_when_it_is_back()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { ActorBackOff = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100)) };
        SettingsAnswer? answer = null;
        run.Training.Before = step =>
        {
            if (step != 3) return;
            run.Tell("control", Kill.Instance);
            answer = Change(run);
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal(5, Assert.Single(answer!.Changes).Step);
        Assert.Equal(1, run.Run.Actors().Single(a => a.Kind == "control").Restarts);
    }

    [Fact]
    public async Task Control_that_fails_again_and_again_refuses_changes_and_the_run_goes_on()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { MaxActorRestarts = 1, ActorBackOff = Soon };
        var answers = new List<SettingsAnswer>();
        run.Training.Before = step =>
        {
            if (step != 3) return;
            answers.Add(Change(run));
            run.Tell("control", Kill.Instance);
            run.Tell("control", Kill.Instance);
            Eventually.Holds(() => StateOf(run, "control") == ActorState.Stopped);
            answers.Add(Change(run));
            run.Run.Pause();
            run.Run.Resume(); // does not need the control actor
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Null(answers[0].Refusal);
        Assert.Contains("Settings cannot be changed any more", answers[1].Refusal, StringComparison.Ordinal);
        Assert.Equal(0.5, answers[1].Now.LearningRateFactor); // earlier changes remain
        Assert.Equal(12, run.Training.Seen.Count);
    }

    [Fact]
    public async Task An_evaluation_that_a_failed_evaluator_left_behind_ends_before_the_next_begins()
    {
        using var run = new FakeRun { Evaluator = new FakeEvaluator() };
        run.Evaluation = new EvaluatorOptions { Targets = [new EvaluationTarget("camvid", "linear", "quick")] };
        run.Options = run.Options with { ActorBackOff = Soon };
        using var goOn = new ManualResetEventSlim();
        using var cancelled = new ManualResetEventSlim();
        run.Evaluator.Before = (_, attempt, cancel) => attempt > 1 ? Task.CompletedTask : Task.Run(() =>
        {
            cancel.Register(cancelled.Set);
            Eventually.IsSet(goOn); // it was asked to end, and takes its time
        }, CancellationToken.None);
        var training = run.Start();
        Eventually.Holds(() => run.Evaluator.Seen.Count == 1);
        run.Tell("evaluator", Kill.Instance);
        Eventually.IsSet(cancelled);
        // The next evaluation waits for its turn.
        Eventually.Holds(() => training.EvaluationsAsync(Eventually.Patience).GetAwaiter().GetResult().Running is not null);
        Assert.Single(run.Evaluator.Seen);
        goOn.Set();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
        Assert.Equal((2, 1), (run.Evaluator.Seen.Count, run.Evaluator.MostAtOnce));
        Assert.Equal("done", Assert.Single(run.Evaluations).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("decoders-1")]
    [InlineData("trainer-1")]
    public async Task A_part_that_nothing_can_do_without_ends_the_run_under_its_own_name(string part)
    {
        using var run = new FakeRun();
        run.Training.Before = step =>
        {
            if (step != 6) return;
            run.AwaitSaved();
            run.Tell(part, Kill.Instance);
            Eventually.Holds(() => run.Said.Any(line => line.Contains($"{part} failed", StringComparison.Ordinal)));
        };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000005"), (outcome.End, outcome.Checkpoint));
        Assert.Contains($"A part of the run, {part}, failed", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(0, run.Training.Engines.Alive);
    }

    private static ActorState StateOf(FakeRun run, string kind) => run.Run.Actors().Single(a => a.Kind == kind).State;

    private static SettingsAnswer Change(FakeRun run) =>
        run.Run.ChangeAsync([new SettingChange("learning_rate_factor", "0.5")], "a test", Eventually.Patience).GetAwaiter().GetResult();
}
