using Akka.Actor;
using Akka.TestKit;
using CACL.Actors.Contracts;
using CACL.Actors.Status;
using CACL.Actors.Tests.Fakes;
using CACL.Learning.Methods;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Status;

/// <summary>The status actor by itself: what each thing that happens makes of what is published.</summary>
public sealed class StatusActorSpec : ActorSpec
{
    private static readonly LiveSettings Settings = new() { LossWeights = new LossWeights([new LossWeight("global", 1)]), Decoders = 2 };

    private readonly StandingClock _clock = new();
    private readonly StatusBoard _board = new(new RunStatus
    {
        State = RunState.Starting,
        PausedByUser = false,
        PausedByCheckpoint = false,
        Stopping = false,
        Step = 0,
        Length = new RunLength(Videos: 10, BatchSize: 4, TotalSteps: 100),
        Started = DateTimeOffset.UnixEpoch,
        Elapsed = TimeSpan.Zero,
        Remaining = null,
        PairsPerSecond = null,
        Last = null,
        Checkpoint = null,
        BatchesWaiting = 0,
        BatchCapacity = 3,
        BytesInFlight = 0,
        BytesLimit = 1000,
        Decoders = 0,
        DecodersBusy = 0,
        Settings = Settings,
        Ahead = [],
        Quarantined = 0,
        Outcome = null,
    });

    private readonly TestProbe _asker;
    private long _bytes;

    public StatusActorSpec() => _asker = CreateTestProbe("asker");

    [Fact]
    public void What_is_asked_for_is_answered_once_all_that_was_told_before_can_be_read()
    {
        var status = Start();
        status.Tell(new StatusProtocol.BadVideos(7));
        Assert.Equal(7, Publish(status).Quarantined);
    }

    [Theory]
    [InlineData(LoopPhase.Starting, RunState.Starting, ActorState.Starting)]
    [InlineData(LoopPhase.WaitingForData, RunState.WaitingForData, ActorState.Waiting)]
    [InlineData(LoopPhase.InStep, RunState.Running, ActorState.Busy)]
    [InlineData(LoopPhase.Copying, RunState.Saving, ActorState.Busy)]
    [InlineData(LoopPhase.Paused, RunState.Paused, ActorState.Paused)]
    [InlineData(LoopPhase.Ended, RunState.Saving, ActorState.Stopped)]
    internal void The_loops_phase_is_the_runs_state_and_the_trainers(LoopPhase phase, RunState run, ActorState trainer)
    {
        var status = Start();
        status.Tell(new StatusProtocol.ActorStarted("run/trainer-1", "trainer", ActorState.Waiting));
        status.Tell(new StatusProtocol.ActorStarted("run/telemetry", "telemetry"));
        status.Tell(new LoopReport.PhaseIs(phase));
        Assert.Equal(run, Publish(status).State);
        Assert.Equal([ActorState.Idle, trainer], _board.Actors.Select(actor => actor.State));
    }

    [Fact]
    public void A_run_that_trains_no_more_evaluates_until_it_is_over()
    {
        var status = Start();
        status.Tell(new LoopReport.PhaseIs(LoopPhase.InStep));
        status.Tell(new StatusProtocol.Stopping());
        var now = Publish(status);
        Assert.Equal((true, RunState.Running, null), (now.Stopping, now.State, now.Outcome));
        status.Tell(new StatusProtocol.TrainingOver());
        Assert.Equal(RunState.Evaluating, Publish(status).State);
        var outcome = new RunOutcome(RunEnd.Stopped, 5, "step-5", "enough");
        status.Tell(new StatusProtocol.RunOver(outcome));
        now = Publish(status);
        Assert.Equal((RunState.Ended, outcome), (now.State, now.Outcome));
    }

    [Fact]
    public void A_step_shows_its_figures_the_pace_and_what_remains()
    {
        var status = Start();
        status.Tell(Stepped(1, seconds: 2));
        var now = Publish(status);
        Assert.Equal((1, 1), (now.Step, now.Last?.Step));
        Assert.Equal((2.0, TimeSpan.FromSeconds(2 * 99)), (now.PairsPerSecond, now.Remaining)); // 4 pairs in 2 s, 99 steps to come
        status.Tell(Stepped(2, seconds: 12));
        now = Publish(status);
        Assert.Equal(4 / 3.0, now.PairsPerSecond!.Value, 9); // a tenth of what is new: 3 s a step
        Assert.Equal(3.0 * 98, now.Remaining!.Value.TotalSeconds, 6);
        // Nobody knows how long a training is held, and one that is over takes no time any more.
        status.Tell(new TrainerProtocol.PauseReasonsAre(PauseReason.User));
        Assert.Null(Publish(status).Remaining);
        status.Tell(new TrainerProtocol.PauseReasonsAre(PauseReason.None));
        Assert.NotNull(Publish(status).Remaining);
        status.Tell(new StatusProtocol.TrainingOver());
        Assert.Null(Publish(status).Remaining);
    }

    [Theory]
    [InlineData(PauseReason.None, false, false)]
    [InlineData(PauseReason.User, true, false)]
    [InlineData(PauseReason.Checkpoint, false, true)]
    [InlineData(PauseReason.User | PauseReason.Checkpoint, true, true)]
    internal void Each_reason_to_hold_it_is_shown(PauseReason reasons, bool byUser, bool byCheckpoint)
    {
        var status = Start();
        status.Tell(new TrainerProtocol.PauseReasonsAre(PauseReason.User | PauseReason.Checkpoint));
        status.Tell(new TrainerProtocol.PauseReasonsAre(reasons));
        var now = Publish(status);
        Assert.Equal((byUser, byCheckpoint), (now.PausedByUser, now.PausedByCheckpoint));
    }

    [Fact]
    public void Batches_that_wait_are_never_more_than_there_is_room_for()
    {
        var status = Start();
        status.Tell(new StatusProtocol.BatchesWaiting(4)); // one is on its way into a channel that is full
        Assert.Equal(3, Publish(status).BatchesWaiting);
        status.Tell(new LoopReport.TookBatch(2));
        Assert.Equal(2, Publish(status).BatchesWaiting);
    }

    [Fact]
    public void Settings_checkpoints_decoders_and_memory_are_shown_as_they_were_last_told()
    {
        var status = Start();
        var now = Settings with { Decoders = 4 };
        var ahead = new JournaledChange(DateTimeOffset.UnixEpoch, 50, "learning_rate_factor", "0.5", "a test");
        var checkpoint = new SavedCheckpoint(5, DateTimeOffset.UnixEpoch, "step-5");
        status.Tell(new StatusProtocol.SettingsAre(now, [ahead]));
        status.Tell(new StatusProtocol.CheckpointSaved(checkpoint));
        status.Tell(new StatusProtocol.DecodersAre(4, 3));
        _bytes = 123;
        var shown = Publish(status);
        Assert.Equal((now, checkpoint, 123), (shown.Settings, shown.Checkpoint, shown.BytesInFlight));
        Assert.Equal((4, 3), (shown.Decoders, shown.DecodersBusy));
        Assert.Equal([ahead], shown.Ahead);
    }

    [Fact]
    public void A_training_that_begins_again_shows_where_and_nothing_of_how_the_former_was_held()
    {
        var status = Start();
        status.Tell(new LoopReport.PhaseIs(LoopPhase.Paused));
        status.Tell(Stepped(9, seconds: 1));
        status.Tell(new StatusProtocol.BatchesWaiting(2));
        status.Tell(new TrainerProtocol.PauseReasonsAre(PauseReason.User | PauseReason.Checkpoint));
        status.Tell(new StatusProtocol.Launched(5));
        var now = Publish(status);
        Assert.Equal((RunState.Starting, 5, 0), (now.State, now.Step, now.BatchesWaiting));
        Assert.Equal((false, false), (now.PausedByUser, now.PausedByCheckpoint));
        Assert.Equal(95, now.Remaining!.Value.TotalSeconds, 6); // at the pace that is known
    }

    [Fact]
    public void An_actor_that_takes_anothers_place_keeps_its_history()
    {
        var status = Start();
        status.Tell(new StatusProtocol.ActorStarted("run/decoders-1/decoder-1", "decoder"));
        status.Tell(new StatusProtocol.ActorReplaced(
            "run/decoders-1/decoder-1", "run/decoders-1/decoder-2", "replaced: bug", ActorState.Idle));
        Publish(status);
        _clock.Jump(TimeSpan.FromSeconds(5));
        status.Tell(new StatusProtocol.ActorReplaced(
            "run/decoders-1/decoder-2", "run/decoders-1/decoder-3", "replaced: again", ActorState.Idle));
        status.Tell(new StatusProtocol.ActorReplaced("run/nobody", "run/somebody", "replaced: who?", ActorState.Idle));
        Publish(status);
        Assert.Equal(
            [new ActorStatus("run/decoders-1/decoder-3", "decoder", ActorState.Idle, 2, "replaced: again", _clock.GetLocalNow())],
            _board.Actors);
    }

    [Fact]
    public void A_decision_is_shown_at_its_actor_and_counts_as_a_restart_where_it_is_one()
    {
        var status = Start();
        status.Tell(new StatusProtocol.ActorStarted("run/telemetry", "telemetry", ActorState.Busy));
        status.Tell(new SupervisionDecision("run/telemetry", "cannot write.", "training goes on"));
        Publish(status);
        var shown = Assert.Single(_board.Actors);
        Assert.Equal((0, "training goes on: cannot write", ActorState.Busy), (shown.Restarts, shown.LastDecision, shown.State));
        status.Tell(new SupervisionDecision("run/telemetry", "failed: bug.", "restarted") { Verdict = SupervisionVerdict.Restarted });
        status.Tell(new SupervisionDecision("run/nobody", "failed: bug.", "restarted") { Verdict = SupervisionVerdict.Restarted });
        Publish(status);
        shown = Assert.Single(_board.Actors);
        Assert.Equal((1, "restarted: failed: bug", ActorState.Idle), (shown.Restarts, shown.LastDecision, shown.State));
    }

    [Fact]
    public void Actors_are_shown_parents_first_and_by_number_and_go_with_all_below_them()
    {
        var status = Start();
        string[] paths = ["run", "run/decoders-1", "run/decoders-1/decoder-2", "run/decoders-1/decoder-10", "run/decoders-2"];
        foreach (var path in paths.Reverse()) status.Tell(new StatusProtocol.ActorStarted(path, "kind"));
        Publish(status);
        Assert.Equal(paths, _board.Actors.Select(actor => actor.Path));
        status.Tell(new StatusProtocol.ActorGone("run/decoders-1"));
        Publish(status);
        Assert.Equal(["run", "run/decoders-2"], _board.Actors.Select(actor => actor.Path));
    }

    [Fact]
    public void An_actor_is_in_its_state_since_that_began_however_often_it_is_told()
    {
        var status = Start();
        status.Tell(new StatusProtocol.ActorStarted("run/control", "control"));
        status.Tell(new StatusProtocol.ActorIs("run/control", ActorState.Busy));
        Publish(status);
        var since = _clock.GetLocalNow();
        _clock.Jump(TimeSpan.FromSeconds(5));
        status.Tell(new StatusProtocol.ActorIs("run/control", ActorState.Busy));
        Publish(status);
        Assert.Equal((ActorState.Busy, since), (Assert.Single(_board.Actors).State, _board.Actors[0].Since));
    }

    [Fact]
    public void Whoever_reads_while_it_is_told_never_sees_a_half_made_value()
    {
        var status = Start();
        var happened = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 90]).Select(IRunMessage (kind, n) => kind switch
        {
            0 => new StatusProtocol.DecodersAre(n, n),
            1 => Stepped(n, seconds: n),
            2 => new StatusProtocol.SettingsAre(
                Settings with { Decoders = n, CheckpointEverySteps = n }, [new(DateTimeOffset.UnixEpoch, n, "decoders", $"{n}", "")]),
            _ => new TrainerProtocol.PauseReasonsAre(n % 2 == 0 ? PauseReason.None : PauseReason.User | PauseReason.Checkpoint),
        });
        happened.Array[1, 200].Sample(
            all =>
            {
                using var over = new CancellationTokenSource();
                var reads = Task.Run(
                    () =>
                    {
                        var read = 0;
                        for (; !over.IsCancellationRequested || read == 0; read++) AssertWhole(_board.Status);
                        return read;
                    }, TestContext.Current.CancellationToken);
                foreach (var message in all) status.Tell(message);
                var last = Publish(status);
                over.Cancel();
                Assert.NotEqual(0, reads.GetAwaiter().GetResult());
                // And in the end it shows the last word on everything.
                if (all.OfType<StatusProtocol.DecodersAre>().LastOrDefault() is { } decoders) Assert.Equal(decoders.Alive, last.Decoders);
                if (all.OfType<LoopReport.Stepped>().LastOrDefault() is { } stepped) Assert.Equal(stepped.Metrics, last.Last);
                if (all.OfType<TrainerProtocol.PauseReasonsAre>().LastOrDefault() is { } held)
                    Assert.Equal(held.Reasons != PauseReason.None, last.PausedByUser);
            },
            iter: LongTests.Wanted ? 100 : 30, threads: 1);
    }

    private static void AssertWhole(RunStatus status)
    {
        Assert.Equal(status.Decoders, status.DecodersBusy);
        Assert.Equal(status.Step, status.Last?.Step ?? 0);
        Assert.Equal(status.PausedByUser, status.PausedByCheckpoint);
        Assert.Equal(status.PausedByUser || status.Last is null, status.Remaining is null);
        if (status.Ahead is [var ahead])
            Assert.Equal((ahead.Step, ahead.Step), (status.Settings.Decoders, status.Settings.CheckpointEverySteps));
    }

    private IActorRef Start() => Start(StatusActor.Props(_board, () => _bytes, _clock), "status");

    private RunStatus Publish(IActorRef status)
    {
        status.Tell(new StatusProtocol.Publish(), _asker.Ref);
        _asker.Hears<StatusProtocol.Published>();
        return _board.Status;
    }

    private static LoopReport.Stepped Stepped(long step, double seconds) =>
        new(new StepMetrics(step, step / 2.5, CaclResults.Of(4.5, global: 4.5), seconds / 2, seconds / 4, Pairs: 4)
        {
            SnapshotSeconds = seconds / 4,
        });
}
