using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Telemetry;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Tests.Supervisor;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Actors.Tests.Control;

/// <summary>Tests runs that are changed, paused and queried while they continue.</summary>
public sealed class LiveRunTests
{
    private static readonly BackOff Soon = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));

    [Fact]
    public async Task A_change_acts_from_the_next_step_on_and_again_in_a_run_that_replays_its_journal()
    {
        using var run = new FakeRun();
        run.Training.Before = step => { if (step == 3) Change(run, ("learning_rate_factor", "0.5"), ("loss_weights.cycle", "0.25")); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        using var plain = new FakeRun();
        await plain.RunAsync();
        Each.Holds(run.Training.Settings.Zip(plain.Training.Settings), pair => Assert.Equal(
            pair.First.Step < 4
                ? pair.Second.Told
                : pair.Second.Told with { LearningRate = pair.Second.Told.LearningRate * 0.5, Weights = CaclOptions.Weights(1, 1, 0.25) },
            pair.First.Told));
        Assert.Equal(Enumerable.Range(0, 12).Select(step => step / 12.0), run.Training.Settings.Select(s => s.Told.Progress));

        using var again = new FakeRun();
        File.Copy(Path.Combine(run.Folder, "control.jsonl"), Path.Combine(again.Folder, "control.jsonl"));
        await again.RunAsync();
        Assert.Equal(run.Training.Settings, again.Training.Settings);
        using var rest = run.Again();
        await rest.RunAsync(run.Storage.Written[0]);
        Assert.Equal(run.Training.Settings.Skip(5), rest.Training.Settings);
    }

    [Fact]
    public async Task A_roll_back_behind_a_change_meets_it_again()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [8] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        run.Training.Before = step => { if (step == 6) Change(run, ("learning_rate_factor", "0.5")); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        var factors = run.Training.Settings.Select(s =>
            (s.Step, Halved: s.Told.LearningRate < 0.5 * run.Options.LearningRateOver(run.Run.Status().Length)(s.Step) + 1e-12)).ToList();
        Assert.Equal([5, 6, 7, 8, 5, 6, 7, 9, 10, 11], factors.Skip(5).Select(f => f.Step));
        Each.Holds(factors, f => Assert.Equal(f.Step >= 7, f.Halved));
        Assert.Equal(1, run.Run.Actors().Single(a => a.Kind == "trainer").Restarts);
    }

    [Fact]
    public async Task A_paused_run_computes_nothing_saves_on_request_and_goes_on_as_if_nothing_had_been()
    {
        var clock = new JumpingClock();
        using var instruments = new RunInstruments(clock);
        using var run = new FakeRun { Clock = clock, Instruments = instruments };
        run.Options = run.Options with { CheckpointEverySteps = 0, Watchdog = TimeSpan.FromSeconds(2) };
        var sinceProgress = TimeSpan.MaxValue;
        run.Training.Before = step =>
        {
            if (step == 5) sinceProgress = instruments.SinceProgress;
            if (step != 4) return;
            run.Run.Pause();
            Eventually.Holds(() => run.Run.Status().PausedByUser);
        };
        var training = run.Start();
        Eventually.Holds(() => training.Status().State == RunState.Paused);
        training.Pause();
        training.RequestCheckpoint();
        Eventually.Holds(() => training.Status().Checkpoint is not null);
        clock.Jump(TimeSpan.FromHours(1));
        await Watchdog.LooksAsync(run);
        var status = training.Status();
        Assert.Equal(
            (RunState.Paused, 5, true, false, null, 5),
            (status.State, status.Step, status.PausedByUser, status.PausedByCheckpoint, status.Remaining, status.Checkpoint!.Step));
        Assert.Equal(ActorState.Paused, training.Actors().Single(a => a.Kind == "trainer").State);
        Assert.Equal(6, Assert.Single(Change(run, ("log_level", "debug")).Changes).Step);
        training.Resume();
        training.Resume();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
        // the hour of the pause does not count for the step after it
        Assert.InRange(sinceProgress, TimeSpan.Zero, TimeSpan.FromMinutes(30));
        using var plain = new FakeRun();
        await plain.RunAsync();
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
    }

    [Fact]
    public async Task A_paused_run_ends_when_asked_to()
    {
        using var run = new FakeRun();
        run.Training.Before = step => { if (step == 2) PauseNow(run); };
        var training = run.Start();
        Eventually.Holds(() => training.Status().State == RunState.Paused);
        training.Stop("enough");
        var outcome = await training.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((RunEnd.Stopped, 3L, "step-00000003"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Equal(RunState.Ended, training.Status().State);
    }

    [Fact]
    public async Task The_users_pause_and_the_one_for_a_checkpoint_are_taken_back_each_by_itself()
    {
        using var run = new FakeRun { Storage = new FakeStorage { Failures = int.MaxValue } };
        run.Options = run.Options with { OnCheckpointFailure = OnCheckpointFailure.Pause, CheckpointBackOff = Soon };
        run.Training.Before = step =>
        {
            if (step == 5) Eventually.Holds(() => run.Run.Status().PausedByCheckpoint || run.Storage.Failures == 0);
        };
        var training = run.Start();
        Eventually.Holds(() => training.Status() is { State: RunState.Paused, PausedByCheckpoint: true });
        training.Pause();
        Eventually.Holds(() => training.Status().PausedByUser);
        run.Storage.Failures = 0;
        Eventually.Holds(() => !training.Status().PausedByCheckpoint);
        Assert.Equal(RunState.Paused, training.Status().State);
        Assert.InRange(training.Status().Step, 5, 6); // step 6 may have begun before the checkpoint's failure was known
        training.Resume();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
    }

    [Fact]
    public async Task Decoders_that_become_more_and_fewer_change_no_batch_and_lose_no_plan()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { Decoders = 1, MaxSteps = 30 };
        run.Videos.DecodeTime = id => TimeSpan.FromMilliseconds(id % 3);
        var counts = new List<int>();
        run.Training.Before = step =>
        {
            if (step is not (4 or 14)) return;
            var wanted = step == 4 ? 3 : 1;
            Change(run, ("decoders", $"{wanted}"));
            Eventually.Holds(() => run.Run.Status().Decoders == wanted);
            counts.Add(run.Run.Actors().Count(a => a.Kind == "decoder"));
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        using var plain = new FakeRun();
        plain.Options = run.Options;
        await plain.RunAsync();
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        Assert.Equal([3, 1], counts);
        Eventually.Holds(() => run.Videos.Decoders is { Begun: 3, Alive: 0 });
    }

    [Fact]
    public async Task Decoders_whose_number_is_chosen_change_no_batch_and_are_as_many_as_the_status_says()
    {
        using var run = new FakeRun();
        var bounds = new DecoderBounds(First: 1, Most: 3, TrainingThreads: 0, Cores: 5);
        run.Options = run.Options with { Decoders = 0, DecoderBounds = bounds, MaxSteps = 30 };
        var counts = new List<(int Wanted, int Alive)>();
        run.Training.Before = step =>
        {
            if (step % 5 != 4) return;
            // Two windows, the first of which is not judged: at first the training starves, then it never waits.
            for (var i = 0; i < 2 * DecoderCount.WindowSteps; i++)
                run.Tell("decoders-1", new PoolProtocol.Stepped(step < 15 ? 1 : 0, 1, Pairs: 2));
            Eventually.Holds(() => run.Run.Status() is { DecodersWanted: > 0 } status && status.DecodersWanted == Expected(step));
            Eventually.Holds(() => run.Run.Status() is var status && status.Decoders == status.DecodersWanted);
            counts.Add((run.Run.Status().DecodersWanted, run.Run.Actors().Count(actor => actor.Kind == "decoder")));
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        using var plain = new FakeRun();
        plain.Options = run.Options with { Decoders = 2 };
        await plain.RunAsync();
        Assert.Equal(plain.Training.Seen, run.Training.Seen);
        Assert.Equal([(2, 2), (3, 3), (3, 3), (2, 2), (1, 1), (1, 1)], counts);

        static int Expected(long step) => step switch { 4 or 19 => 2, 9 or 14 => 3, _ => 1 };
    }

    [Fact]
    public async Task Decoders_that_crash_while_their_number_changes_leave_as_many_as_are_wanted()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { Decoders = 3, MaxSteps = 30, MaxDecoderRestarts = 1000 };
        var calls = 0;
        run.Videos.Before = _ => { if (Interlocked.Increment(ref calls) % 17 == 0) throw new InvalidOperationException("bug"); };
        run.Training.Before = step =>
        {
            if (step is 5 or 10 or 15 or 20) Change(run, ("decoders", step % 10 == 5 ? "1" : "4"));
            if (step == 28) Eventually.Holds(() => run.Run.Status().Decoders == 4);
        };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
    }

    [Fact]
    public async Task Schedules_are_followed_from_the_moment_they_are_changed()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { CheckpointEverySteps = 0 };
        run.Training.Before = step =>
        {
            if (step == 4) Change(run, ("checkpoint_every_steps", "3"));
            run.AwaitSaved();
        };
        await run.RunAsync();
        // The checkpoint that the new schedule had at step 3 is made up for at once.
        Assert.Equal([5, 6, 9, 12], run.Storage.Written.Select(p => p.Step));
    }

    [Fact]
    public async Task What_a_run_cannot_do_is_refused_with_a_sentence()
    {
        using var run = new FakeRun();
        run.Options = run.Options with { Method = new CaclOptions { Heads = Heads.Global | Heads.Pixel }.Describe() };
        var refusals = new List<string?>();
        run.Training.Before = step =>
        {
            if (step == 1)
                refusals.AddRange([
                    Change(run, ("evaluate_every_steps", "3")).Refusal, Change(run, ("loss_weights.cycle", "3")).Refusal,
                    Change(run, ("loss_weights.pixel", "3")).Refusal]);
        };
        await run.RunAsync();
        Assert.Contains("cacl.evaluation.datasets", refusals[0], StringComparison.Ordinal);
        Assert.Contains("cycle head is off", refusals[1], StringComparison.Ordinal);
        Assert.Null(refusals[2]);
    }

    [Fact]
    public async Task A_journal_that_makes_no_sense_ends_the_run_before_its_first_step()
    {
        using var run = new FakeRun();
        File.WriteAllText(Path.Combine(run.Folder, "control.jsonl"), "{}\n");
        var outcome = await run.RunAsync();
        Assert.Equal(RunEnd.Failed, outcome.End);
        Assert.Contains("Line 1 of", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(run.Training.Seen);
    }

    [Fact]
    public async Task The_status_is_had_while_a_step_runs_and_the_actor_tree_tells_of_decisions()
    {
        using var run = new FakeRun { Videos = new FakeVideos { Broken = [3] } };
        var crashed = 0;
        run.Videos.Before = id =>
            { if (id == 5 && Interlocked.Exchange(ref crashed, 1) == 0) throw new InvalidOperationException("bug in the codec"); };
        RunStatus? status = null;
        IReadOnlyList<ActorStatus> actors = [];
        run.Training.Before = step =>
        {
            if (step != 10) return;
            Eventually.Holds(() => run.Run.Status() is { Decoders: 2, State: RunState.Running } && run.Run.Actors().Any(a => a is { Kind: "decoder", Restarts: 1 }));
            (status, actors) = (run.Run.Status(), run.Run.Actors());
        };
        await run.RunAsync();
        Assert.Equal((RunState.Running, 12L, 2, 2), (status!.State, status.Length.TotalSteps, status.Decoders, status.BatchCapacity));
        Assert.InRange(status.BytesInFlight, 1, status.BytesLimit);
        Assert.True(status.PairsPerSecond > 0 && status.Quarantined == 1 && status.Last is not null);
        Assert.Equal(
            ["run", "run/checkpoints", "run/control", "run/decoders-1", "run/status", "run/telemetry", "run/trainer-1"],
            actors.Where(a => a.Kind != "decoder").Select(a => a.Path));
        var replacement = Assert.Single(actors, a => a is { Kind: "decoder", Restarts: 1 });
        Assert.Contains("bug in the codec", replacement.LastDecision, StringComparison.Ordinal);
        Assert.Equal("run/decoders-1/decoder-3", replacement.Path);
    }

    private static SettingsAnswer Change(FakeRun run, params (string Setting, string Value)[] wishes) =>
        run.Run.ChangeAsync([.. wishes.Select(w => new SettingChange(w.Setting, w.Value))], "a test", Eventually.Patience)
            .GetAwaiter().GetResult();

    private static void PauseNow(FakeRun run)
    {
        run.Run.Pause();
        Eventually.Holds(() => run.Run.Status().PausedByUser);
    }

}
