using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Sampling;
using CACL.Learning.Weights;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

/// <summary>Tests what happens between a loss that is not finite and the training that restarts from the last checkpoint.</summary>
public sealed class RollBackTests
{
    private const long Diverges = 6;

    [Fact]
    public async Task The_former_engine_is_gone_before_the_next_one_begins()
    {
        using var between = new Between();
        between.Reach();
        Assert.Equal((LoopPhase.Ended, 1), ((await between.StatusAsync()).Phase, between.Engines.Begun));
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 5, 7, 8, 9, 10, 11], between.Run.Training.Seen.Select(s => s.Step));
        Assert.Equal((2, 1, 0), (between.Engines.Begun, between.Engines.MostAtOnce, between.Engines.Alive));
        var decoders = between.Run.Videos.Decoders;
        Assert.Equal((4, 2, 0), (decoders.Begun, decoders.MostAtOnce, decoders.Alive));
    }

    [Fact]
    public async Task An_engine_that_never_goes_ends_the_run_instead_of_getting_a_second_one_beside_it()
    {
        using var between = new Between { EndingTime = TimeSpan.FromMilliseconds(50) };
        between.Reach();
        var outcome = await between.Run.OutcomeAsync();
        Assert.Equal((RunEnd.Failed, Diverges, "step-00000005"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Contains("still holds the device", outcome.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (between.Engines.Begun, between.Engines.Alive));
    }

    [Fact]
    public async Task An_engine_that_cannot_be_given_up_cleanly_ends_the_run()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Training.BeforeItGoes = () => throw new InvalidOperationException("device lost");
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        var outcome = await run.RunAsync();
        Assert.Equal((RunEnd.Failed, "step-00000005", 1), (outcome.End, outcome.Checkpoint, run.Training.Engines.Begun));
        Assert.Contains("device lost", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decoder_that_still_decodes_is_told_to_stop_and_gone_before_the_next_ones_begin()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        using var busy = new ManualResetEventSlim();
        var cancelled = false;
        run.Videos.BeforeUnlessCancelled = (id, cancel) =>
        {
            if (!IsFirstBeyond(run, id)) return;
            busy.Set();
            Eventually.Holds(() => cancel.IsCancellationRequested);
            cancelled = true;
        };
        run.Training.Before = step => { if (step == Diverges) Eventually.IsSet(busy); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal((true, 4, 2), (cancelled, run.Videos.Decoders.Begun, run.Videos.Decoders.MostAtOnce));
    }

    [Fact]
    public async Task A_decoder_that_never_goes_holds_no_roll_back_up()
    {
        using var never = new ManualResetEventSlim();
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback, EndingTime = TimeSpan.FromMilliseconds(50) };
        using var stuck = new ManualResetEventSlim();
        run.Videos.Before = id =>
        {
            if (!IsFirstBeyond(run, id)) return;
            stuck.Set();
            never.Wait();
        };
        run.Training.Before = step => { if (step == Diverges) Eventually.IsSet(stuck); };
        Assert.Equal(RunEnd.Completed, (await run.RunAsync()).End);
        Assert.Equal((4, 1), (run.Videos.Decoders.Begun, run.Videos.Decoders.Alive));
        never.Set();
    }

    [Fact]
    public async Task Decoders_that_were_left_behind_and_go_in_the_middle_of_the_next_training_do_it_no_harm()
    {
        using var held = new ManualResetEventSlim();
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback, EndingTime = TimeSpan.FromMilliseconds(50) };
        using var stuck = new ManualResetEventSlim();
        run.Videos.Before = id =>
        {
            if (!IsFirstBeyond(run, id)) return;
            stuck.Set();
            held.Wait();
        };
        var gone = false;
        IActorRef? former = null;
        run.Training.Before = step =>
        {
            if (step == 0) former = run.Actor("decoders-1");
            if (step == Diverges) Eventually.IsSet(stuck);
            if (step != Diverges + 2) return;
            held.Set();
            gone = former!.GracefulStop(Eventually.Patience).GetAwaiter().GetResult();
            Eventually.Ends(run.Run.StatusAsync(Eventually.Patience));
        };
        Assert.Equal((RunEnd.Completed, true), ((await run.RunAsync()).End, gone));
    }

    [Fact]
    public async Task A_run_asked_to_stop_meanwhile_ends_at_the_checkpoint_without_another_engine()
    {
        using var between = new Between();
        between.Reach();
        between.Training.Stop("enough");
        var outcome = await between.GoOnAsync();
        Assert.Equal((RunEnd.Stopped, 5L, "step-00000005", "enough"), (outcome.End, outcome.Step, outcome.Checkpoint, outcome.Message));
        Assert.Equal(1, between.Engines.Begun);
    }

    [Fact]
    public async Task A_run_asked_to_stop_while_its_checkpoint_is_still_being_written_does_not_roll_back_either()
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        using var written = new ManualResetEventSlim();
        run.Storage.Before = step => { if (step == 5) Eventually.IsSet(written); };
        var training = run.Start();
        Eventually.Holds(() => run.Training.Engines is { Begun: 1, Alive: 0 });
        training.Stop("enough");
        await training.StatusAsync(Eventually.Patience); // the answer comes after the stop
        written.Set();
        var outcome = await run.OutcomeAsync();
        Assert.Equal((RunEnd.Stopped, 5L, "step-00000005"), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Equal(1, run.Training.Engines.Begun);
    }

    [Fact]
    public async Task A_run_paused_meanwhile_says_so_and_is_paused_afterwards()
    {
        using var between = new Between();
        between.Reach();
        between.Training.Pause();
        Eventually.Holds(() => between.Training.Status().PausedByUser);
        between.Release();
        Eventually.Holds(() => between.Training.Status() is { State: RunState.Paused, Step: 5 });
        between.Training.Resume();
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
    }

    [Fact]
    public async Task A_pause_taken_back_meanwhile_is_none()
    {
        using var between = new Between();
        between.Reach();
        between.Training.Pause();
        between.Training.Resume();
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
    }

    [Fact]
    public async Task A_checkpoint_asked_for_meanwhile_is_made_by_the_next_training()
    {
        using var between = new Between();
        between.Reach();
        between.Training.RequestCheckpoint();
        await between.StatusAsync();
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
        Assert.Contains(6, between.Run.Storage.Written.Select(p => p.Step));
    }

    [Fact]
    public async Task An_evaluation_asked_for_meanwhile_is_made_at_the_next_trainings_first_checkpoint()
    {
        using var between = new Between(new FakeEvaluator());
        between.Reach();
        var answer = await between.Training.RequestEvaluationAsync(new EvaluationDemand(), Eventually.Patience);
        Assert.Single(answer.Queued);
        await between.Training.EvaluationsAsync(Eventually.Patience); // the evaluator's message to the supervisor comes before this answer
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
        var line = between.Run.Evaluations[0];
        Assert.Equal((6, "request"), (line.GetProperty("step").GetInt32(), line.GetProperty("trigger").GetString()));
    }

    [Fact]
    public async Task Decoders_that_give_out_meanwhile_end_the_run_at_the_checkpoint()
    {
        using var between = new Between();
        between.Reach();
        between.Run.Tell("", new PoolProtocol.TooManyRestarts("Decoders fail all the time.", null));
        await between.StatusAsync();
        var outcome = await between.GoOnAsync();
        Assert.Equal((RunEnd.Failed, 5L, "Decoders fail all the time."), (outcome.End, outcome.Step, outcome.Message));
        Assert.Equal(1, between.Engines.Begun);
    }

    [Fact]
    public async Task The_watchdog_holds_nothing_against_the_time_between()
    {
        var clock = new JumpingClock();
        using var between = new Between(clock: clock);
        between.Reach();
        clock.Jump(TimeSpan.FromHours(1));
        await Watchdog.LooksAsync(between.Run);
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
    }

    [Fact]
    public async Task The_watchdog_holds_nothing_against_the_time_that_a_checkpoint_before_it_takes()
    {
        var clock = new JumpingClock();
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] }, Clock = clock };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        using var written = new ManualResetEventSlim();
        run.Storage.Before = step => { if (step == 5) Eventually.IsSet(written); };
        run.Start();
        Eventually.Holds(() => run.Training.Engines is { Begun: 1, Alive: 0 });
        clock.Jump(TimeSpan.FromHours(1));
        await Watchdog.LooksAsync(run);
        written.Set();
        Assert.Equal(RunEnd.Completed, (await run.OutcomeAsync()).End);
    }

    [Fact]
    public async Task The_number_of_decoders_that_is_changed_meanwhile_is_that_of_the_next_training()
    {
        using var between = new Between();
        between.Reach();
        Assert.Single((await between.Training.ChangeAsync([new SettingChange("decoders", "3")], "a test", Eventually.Patience)).Changes);
        await between.StatusAsync();
        Assert.Equal(RunEnd.Completed, (await between.GoOnAsync()).End);
        Assert.Equal((2 + 3, 3), (between.Run.Videos.Decoders.Begun, between.Run.Videos.Decoders.MostAtOnce));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_checkpoint_that_cannot_be_read_ends_the_run_with_its_sentence_and_no_second_training(bool foreseen)
    {
        using var run = new FakeRun { Training = new FakeTraining { NotFiniteAt = [Diverges] } };
        run.Options = run.Options with { OnNotFinite = OnNotFinite.Rollback };
        const string Fault = "query.safetensors is damaged.";
        run.Storage.BeforeLoad = () =>
            throw (foreseen ? new CheckpointException("step-00000005", Fault) : new InvalidOperationException(Fault));
        run.Start();
        var gone = foreseen ? null : run.Actor("").WatchAsync(TestContext.Current.CancellationToken);
        var outcome = await run.OutcomeAsync();
        Assert.Equal((RunEnd.Failed, "step-00000005"), (outcome.End, outcome.Checkpoint));
        var what = foreseen ? "No checkpoint to roll back to can be read" : "supervisor failed";
        Assert.Contains($"{what}: {Fault}", outcome.Message, StringComparison.Ordinal);
        if (gone is not null) await gone.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await run.StopActorsAsync();
        Assert.Equal((1, 0), (run.Training.Engines.Begun, run.Training.Engines.Alive));
    }

    /// <summary>
    /// Whether a video is decoded now for the first sample beyond the batches which the diverging step needs: in the second epoch, so it is
    /// the second time.
    /// </summary>
    private static bool IsFirstBeyond(FakeRun run, long id)
    {
        var sample = run.Options.BatchSize * (int)(Diverges + 1);
        Assert.Equal(1, sample / run.VideoCount);
        var plan = new SamplePlanner(run.Options.Sampling, FakeVideos.Shapes(run.VideoCount)).Plan(1, sample % run.VideoCount, 0);
        return id == plan.VideoId && run.Videos.Calls.Count(call => call == id) == 2;
    }

    /// <summary>A run that diverges in its seventh step and whose engine blocks while it is disposed.</summary>
    private sealed class Between : IDisposable
    {
        private readonly ManualResetEventSlim _goes = new();
        private readonly ManualResetEventSlim _mayGo = new();

        public Between(FakeEvaluator? evaluator = null, TimeProvider? clock = null)
        {
            Run = new FakeRun
            {
                Training = new FakeTraining { NotFiniteAt = [Diverges] },
                Evaluator = evaluator,
                Clock = clock ?? TimeProvider.System,
            };
            if (evaluator is not null)
            {
                Run.Evaluation = new EvaluatorOptions
                {
                    Targets = [new EvaluationTarget("camvid", "linear", "quick")],
                    Schedule = new EvaluationSchedule { AtEnd = false },
                };
            }

            Run.Options = Run.Options with { OnNotFinite = OnNotFinite.Rollback };
            Run.Training.BeforeItGoes = () =>
            {
                _goes.Set();
                _mayGo.Wait();
            };
        }

        public FakeRun Run { get; }

        public TimeSpan EndingTime
        {
            init => Run.Options = Run.Options with { EndingTime = value };
        }

        public TrainingRun Training => Run.Run;

        public Lives Engines => Run.Training.Engines;

        /// <summary>
        /// Starts the run; returns when the first engine is about to be disposed and the supervisor has decided to roll back.
        /// </summary>
        public void Reach()
        {
            Run.Start();
            Eventually.IsSet(_goes);
            // The former decoders are asked to end at the same time.
            Eventually.Holds(() => Run.Videos.Decoders is { Begun: 2, Alive: 0 });
        }

        public async Task<TrainerProtocol.Status> StatusAsync() =>
            await Run.Actor("").Ask<TrainerProtocol.Status>(new TrainerProtocol.GetStatus(), Eventually.Patience);

        public void Release() => _mayGo.Set();

        public async Task<RunOutcome> GoOnAsync()
        {
            Release();
            return await Run.OutcomeAsync();
        }

        public void Dispose()
        {
            Release();
            Run.Dispose();
            _goes.Dispose();
            _mayGo.Dispose();
        }
    }
}
