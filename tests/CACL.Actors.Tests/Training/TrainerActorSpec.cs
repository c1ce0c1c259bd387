using System.Threading.Channels;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Tests.Fakes;
using CACL.Actors.Training;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Runs.Steps;

namespace CACL.Actors.Tests.Training;

/// <summary>The trainer by itself, with a loop that is driven batch by batch.</summary>
public sealed partial class TrainerActorSpec : ActorSpec
{
    private const int BatchSize = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly FakeTraining _training = new();
    private readonly SnapshotShelf _shelf = new();
    private readonly FramePairPool _memory = new(8);
    private readonly Channel<PairBatch> _batches = Channel.CreateUnbounded<PairBatch>();
    private readonly StandingClock _clock = new();
    private readonly Gate _gate = new();
    private Func<ITrainingEngine>? _engine;
    private TrainerProtocol.LoopGone? _gone;
    private long _fed;

    [Fact]
    public void It_answers_how_the_training_stands_while_a_step_runs()
    {
        _training.Before = step => { if (step == 1) _gate.Pass(); };
        var trainer = Start(steps: 3);
        Feed(2);
        _gate.AwaitArrival();
        var status = StatusOf(trainer);
        Assert.Equal((1, LoopPhase.InStep, 1), (status.Step, status.Phase, status.Last?.Step));
    }

    [Fact]
    public void It_answers_while_the_engine_is_being_made()
    {
        _engine = () =>
        {
            _gate.Pass();
            return new FakeEngine(_training);
        };
        var trainer = Start(steps: 3);
        _gate.AwaitArrival();
        Assert.Equal(new TrainerProtocol.Status(0, LoopPhase.Starting, null), StatusOf(trainer));
    }

    [Fact]
    public void The_parent_hears_what_the_loop_reports_in_its_order()
    {
        Start(steps: 2, every: 1);
        Feed(2);
        var reports = AllReports();
        Assert.Equal(
            [
                "waits", "took", "steps", "stepped 1", "copies", "copied 1",
                "waits", "took", "steps", "stepped 2", "copies", "copied 2 final", "ended 2 True",
            ],
            reports.Select(Word));
        Assert.Equal(0, _memory.Rented);
    }

    [Fact]
    public void The_reports_of_many_steps_come_in_the_order_of_the_steps()
    {
        Start(steps: 200);
        Feed(200);
        Assert.Equal(
            Enumerable.Range(1, 200).Select(step => (long)step),
            AllReports().OfType<LoopReport.Stepped>().Select(report => report.Metrics.Step));
    }

    [Fact]
    public void It_is_held_until_no_reason_is_left_and_tells_each_change()
    {
        var trainer = Start(steps: 2);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.WaitingForData);
        trainer.Tell(new TrainerProtocol.Pause(PauseReason.User));
        trainer.Tell(new TrainerProtocol.Pause(PauseReason.Checkpoint));
        Assert.Equal(PauseReason.User, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Assert.Equal(PauseReason.User | PauseReason.Checkpoint, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Feed(1);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.Paused);
        trainer.Tell(new TrainerProtocol.Resume(PauseReason.User));
        Assert.Equal(PauseReason.Checkpoint, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Assert.Equal(LoopPhase.Paused, StatusOf(trainer).Phase);
        trainer.Tell(new TrainerProtocol.Resume(PauseReason.Checkpoint));
        // Nothing came before this: it was held all the time.
        Assert.Equal(PauseReason.None, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Assert.Equal(1, Expect<LoopReport.Stepped>().Metrics.Step);
    }

    [Fact]
    public void Held_from_the_beginning_it_computes_no_step_before_it_is_let_go()
    {
        Feed(1);
        var trainer = Start(steps: 2, holds: PauseReason.User);
        Assert.Equal(PauseReason.User, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.Paused);
        trainer.Tell(new TrainerProtocol.Resume(PauseReason.User));
        Assert.Equal(PauseReason.None, Parent.Hears<TrainerProtocol.PauseReasonsAre>().Reasons);
        Assert.Equal(1, Expect<LoopReport.Stepped>().Metrics.Step);
    }

    [Fact]
    public void Told_to_stop_it_finishes_the_step_copies_the_state_and_ends()
    {
        _training.Before = _ => _gate.Pass();
        var trainer = Start(steps: 9, every: 100);
        Feed(3);
        _gate.AwaitArrival();
        trainer.Tell(new TrainerProtocol.Stop());
        AwaitTaken(trainer);
        _gate.Open();
        var copy = Expect<LoopReport.SnapshotTaken>().Snapshot;
        Assert.Equal((1, true), (copy.Step, copy.Final));
        Assert.Equal(new LoopReport.Ended(1, AllDone: false), Expect<LoopReport.Ended>());
        Assert.Equal(new TrainerProtocol.LoopGone("trainer-7", null), Expect<TrainerProtocol.LoopGone>());
        Assert.Equal(0, _training.Engines.Alive);
    }

    [Fact]
    public void Stopped_itself_it_ends_the_loop()
    {
        var trainer = Start(steps: 9);
        Expect<LoopReport.PhaseIs>();
        Sys.Stop(trainer);
        Expect<TrainerProtocol.LoopGone>();
        Assert.Equal(0, _training.Engines.Alive);
    }

    [Fact]
    public void That_the_loop_is_gone_names_the_trainer_and_carries_what_went_wrong_while_the_engine_was_given_up()
    {
        _training.BeforeItGoes = () => throw new InvalidOperationException("device lost");
        Start(steps: 1);
        Feed(1);
        Assert.Equal(new LoopReport.Ended(1, AllDone: true), Expect<LoopReport.Ended>());
        var gone = Expect<TrainerProtocol.LoopGone>();
        Assert.Equal("trainer-7", gone.Trainer);
        Assert.Equal((nameof(InvalidOperationException), "device lost"), (gone.Fault?.Kind, gone.Fault?.Message));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void An_exception_of_the_loop_is_told_with_its_step_before_the_loop_is_gone(bool whileMade, long step)
    {
        if (whileMade) _engine = () => throw new InvalidOperationException("out of memory");
        _training.Before = now => { if (now == 1) throw new InvalidOperationException("out of memory"); };
        Start(steps: 3);
        Feed(2);
        var crashed = Expect<LoopReport.Crashed>();
        Assert.Equal((step, nameof(InvalidOperationException), "out of memory"), (crashed.Step, crashed.Cause.Kind, crashed.Cause.Message));
        Assert.Null(Expect<TrainerProtocol.LoopGone>().Fault);
        Assert.Equal(0, _training.Engines.Alive);
    }

    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
        while (_batches.Reader.TryRead(out var left)) left.Dispose();
        _memory.Dispose();
    }

    private IActorRef Start(long steps, long every = 0, PauseReason holds = PauseReason.None)
    {
        var schedule = Schedule(steps, every);
        return Start(
            TrainerActor.Props(
                new TrainingLoop.Settings(
                    _engine ?? (() => new FakeEngine(_training)), Start: null, FirstStep: 0, schedule.Length, _ => new StepSettings(0.1),
                    schedule, _shelf, OnNotFinite.Halt, SkippedSteps: [])
                {
                    PauseReasons = holds,
                },
                _batches, Limit, _clock, instruments: null),
            "trainer-7");
    }

    private static CheckpointSchedule Schedule(long steps, long every) =>
        new(every, Evaluations: [], new RunLength(Videos: 10, BatchSize, steps));

    private void Feed(int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            var pairs = Enumerable.Range(0, BatchSize).Select(_ => _memory.Rent()).ToArray();
            Assert.True(_batches.Writer.TryWrite(new PairBatch(_fed++, 0, pairs)));
        }
    }

    private TrainerProtocol.Status StatusOf(IActorRef trainer)
    {
        var asker = CreateTestProbe();
        trainer.Tell(new TrainerProtocol.GetStatus(), asker.Ref);
        return asker.Hears<TrainerProtocol.Status>();
    }

    /// <summary>Twice the limit passes, and the trainer looks.</summary>
    private void LookAgain(IActorRef trainer)
    {
        _clock.Jump(2 * Limit);
        Time.Advance(Limit / 4);
        AwaitTaken(trainer);
    }

    /// <summary>The next such message to the parent; others before it are passed over.</summary>
    private T Expect<T>(Predicate<T>? which = null)
    {
        if (_gone is T gone) return gone;
        for (; ; )
        {
            var told = Next();
            if (told is T wanted && which?.Invoke(wanted) != false) return wanted;
            // The loop's own thread tells it, so it may come before what the trainer passes on.
            _gone ??= told as TrainerProtocol.LoopGone;
        }
    }

    private List<LoopReport> AllReports()
    {
        var reports = new List<LoopReport>();
        while (Next() is var told and not LoopReport.PhaseIs { Phase: LoopPhase.Ended })
        {
            if (told is LoopReport report) reports.Add(report);
        }

        return reports;
    }

    private object Next() => Parent.Hears<object>();

    private static string Word(LoopReport report) => report switch
    {
        LoopReport.PhaseIs { Phase: LoopPhase.WaitingForData } => "waits",
        LoopReport.PhaseIs { Phase: LoopPhase.InStep } => "steps",
        LoopReport.PhaseIs { Phase: LoopPhase.Copying } => "copies",
        LoopReport.TookBatch => "took",
        LoopReport.Stepped stepped => $"stepped {stepped.Metrics.Step}",
        LoopReport.SnapshotTaken { Snapshot: var copy } => $"copied {copy.Step}{(copy.Final ? " final" : "")}",
        LoopReport.Ended ended => $"ended {ended.Step} {ended.AllDone}",
        _ => $"{report}",
    };
}
