using Akka.Actor;
using CACL.Actors.Contracts;

namespace CACL.Actors.Tests.Training;

/// <summary>When the state is copied, and whose the copy is.</summary>
public sealed partial class TrainerActorSpec
{
    [Fact]
    public void Another_schedule_changes_when_the_next_snapshot_falls_due()
    {
        var trainer = Start(steps: 9, every: 100);
        Feed(1);
        Expect<LoopReport.Stepped>();
        trainer.Tell(new TrainerProtocol.Follow(Schedule(steps: 9, every: 3)));
        AwaitTaken(trainer);
        Feed(2);
        Assert.Equal(3, Expect<LoopReport.SnapshotTaken>().Snapshot.Step);
    }

    [Fact]
    public void A_snapshot_lies_on_the_shelf_until_it_is_released_and_its_memory_is_used_for_the_next()
    {
        var trainer = Start(steps: 4, every: 1);
        Feed(1);
        var first = Expect<LoopReport.SnapshotTaken>().Snapshot;
        Assert.Equal((1, false), (first.Step, first.Final));
        var snapshot = _shelf.Read(first);
        Assert.Equal(_training.Seen[^1].State, snapshot.Tensors[0].Values[0]);
        Feed(1);
        Expect<LoopReport.Stepped>(report => report.Metrics.Step == 2);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.WaitingForData);
        Assert.Equal(1, _training.Copies); // there is memory for one
        trainer.Tell(new TrainerProtocol.SnapshotReleased(first, Lost: false));
        trainer.Tell(new TrainerProtocol.SnapshotReleased(first, Lost: true)); // was taken down before: nothing comes of it
        AwaitTaken(trainer);
        Assert.Equal(0, _shelf.Count);
        Feed(1);
        Assert.Equal(3, Expect<LoopReport.SnapshotTaken>().Snapshot.Step);
        Assert.Equal([null, snapshot], _training.Spent);
        Feed(1);
        // The last one is made although its predecessor is still being written, in memory of its own.
        var last = Expect<LoopReport.SnapshotTaken>().Snapshot;
        Assert.Equal((4, true), (last.Step, last.Final));
        Assert.Equal([null, snapshot, null], _training.Spent);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void A_training_that_ends_where_it_was_copied_is_copied_again_only_if_that_copy_was_lost(bool lost, int copies)
    {
        var trainer = Start(steps: 3, every: 1);
        Feed(1);
        var copy = Expect<LoopReport.SnapshotTaken>().Snapshot;
        trainer.Tell(new TrainerProtocol.SnapshotReleased(copy, lost));
        trainer.Tell(new TrainerProtocol.Stop());
        Assert.Equal(new LoopReport.Ended(1, AllDone: false), Expect<LoopReport.Ended>());
        Expect<TrainerProtocol.LoopGone>();
        Assert.Equal(copies, _training.Copies);
    }

    [Fact]
    public void A_checkpoint_that_is_asked_for_is_copied_after_the_step_that_runs_and_at_once_where_it_is_held()
    {
        _training.Before = step => { if (step == 1) _gate.Pass(); };
        var trainer = Start(steps: 9, every: 100);
        Feed(2);
        _gate.AwaitArrival();
        trainer.Tell(new RunProtocol.RequestCheckpoint());
        AwaitTaken(trainer);
        _gate.Open();
        var copy = Expect<LoopReport.SnapshotTaken>().Snapshot;
        Assert.Equal(2, copy.Step);
        trainer.Tell(new TrainerProtocol.SnapshotReleased(copy, Lost: false));
        trainer.Tell(new TrainerProtocol.Pause(PauseReason.User));
        AwaitTaken(trainer);
        Feed(1);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.Paused);
        trainer.Tell(new RunProtocol.RequestCheckpoint());
        Assert.Equal(2, Expect<LoopReport.SnapshotTaken>().Snapshot.Step);
    }
}
