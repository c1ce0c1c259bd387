using Akka.Actor;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Weights;
using CsCheck;

namespace CACL.Actors.Tests.Checkpoints;

/// <summary>The writer of checkpoints by itself, with a disk that fails as often as it is told to.</summary>
public sealed class CheckpointActorSpec : ActorSpec
{
    private readonly FakeStorage _storage = new();
    private readonly SnapshotShelf _shelf = new();
    private readonly Gate _gate = new();
    private RunOptions _options = new()
    {
        Directory = "",
        Device = "cpu",
        Sampling = new SamplingOptions(),
        Method = new CaclOptions().Describe(),
        Decoders = 1,
        CheckpointAttempts = 3,
        CheckpointBackOff = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
    };

    [Fact]
    public void It_writes_the_state_and_says_where_and_the_snapshot_stays_on_the_shelf()
    {
        var writer = Start();
        var ticket = Save(writer, 5, skipped: [2, 3]);
        var saved = Parent.Hears<CheckpointProtocol.Saved>();
        Assert.Equal((5, "step-00000005"), (saved.Snapshot.Step, saved.Path));
        var written = Assert.Single(_storage.Written);
        Assert.Equal(5, written.Step);
        Assert.Equal([2, 3], written.SkippedSteps);
        Assert.Same(_shelf.Read(ticket), written.Snapshot);
    }

    [Fact]
    public void What_cannot_be_written_is_tried_again_after_the_back_off_and_each_time_that_is_said_and_decided()
    {
        _storage.Failures = 2;
        var writer = Start();
        Save(writer, 5);
        const string Cause = "could not write the checkpoint of step 5: No space left on device.";
        ExpectDecision(SupervisionVerdict.TriedAgain, Cause, "tried again in 1.0 s (attempt 1 of 3); training goes on", 1);
        Assert.Equal(new CheckpointProtocol.Delayed(5, "No space left on device."), Parent.Hears<CheckpointProtocol.Delayed>());
        Pass(writer, TimeSpan.FromSeconds(0.9));
        Assert.Empty(Heard(writer, Parent));
        Pass(writer, TimeSpan.FromSeconds(0.1));
        ExpectDecision(SupervisionVerdict.TriedAgain, Cause, "tried again in 2.0 s (attempt 2 of 3); training goes on", 2);
        Parent.Hears<CheckpointProtocol.Delayed>();
        Pass(writer, TimeSpan.FromSeconds(2));
        Assert.Equal(5, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
        Assert.Empty(Heard(writer, Parent));
    }

    [Fact]
    public void After_its_attempts_it_gives_the_checkpoint_up_and_writes_the_next()
    {
        _storage.Failures = 3;
        var writer = Start();
        Save(writer, 5);
        for (var attempt = 1; attempt < 3; attempt++)
        {
            Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
            Pass(writer, TimeSpan.FromSeconds(2));
        }

        ExpectDecision(
            SupervisionVerdict.GivenUp, "could not write the checkpoint of step 5 3 times: No space left on device.",
            "given up; the last good checkpoint stays", 3);
        var givenUp = Parent.Hears<CheckpointProtocol.GivenUp>();
        Assert.Equal((5, "No space left on device."), (givenUp.Snapshot.Step, givenUp.Cause));
        Pass(writer, TimeSpan.FromMinutes(1));
        Save(writer, 10);
        Assert.Equal(10, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
    }

    [Fact]
    public void A_training_that_waits_has_its_checkpoint_tried_without_end()
    {
        _options = _options with { OnCheckpointFailure = OnCheckpointFailure.Pause };
        _storage.Failures = 20;
        var writer = Start();
        Save(writer, 5);
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            var decision = Parent.HearsAmongOthers<SupervisionDecision>().Decision;
            Assert.EndsWith($"(attempt {attempt}); training waits", decision, StringComparison.Ordinal);
            Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
            Pass(writer, TimeSpan.FromSeconds(10));
        }

        Assert.Equal(5, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
    }

    [Fact]
    public void A_newer_state_takes_the_place_of_one_that_waits_for_its_next_try()
    {
        _storage.Failures = 1;
        var writer = Start();
        Save(writer, 5);
        Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
        Save(writer, 10);
        var givenUp = Parent.Hears<CheckpointProtocol.GivenUp>();
        Assert.Equal((5, "a newer state took its place"), (givenUp.Snapshot.Step, givenUp.Cause));
        Assert.Equal(10, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
        Pass(writer, TimeSpan.FromMinutes(1));
        Assert.Empty(Heard(writer, Parent));
        Assert.Equal([10], _storage.Written.Select(written => written.Step));
    }

    [Fact]
    public void Told_to_hurry_it_tries_what_waits_at_once_and_from_then_on_only_its_attempts_times()
    {
        _options = _options with { OnCheckpointFailure = OnCheckpointFailure.Pause };
        _storage.Failures = int.MaxValue;
        var writer = Start();
        Save(writer, 5);
        Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
        writer.Tell(new CheckpointProtocol.Hurry());
        for (var attempt = 1; attempt < 3; attempt++)
        {
            var decision = Parent.HearsAmongOthers<SupervisionDecision>().Decision;
            Assert.EndsWith($"(attempt {attempt} of 3); training waits", decision, StringComparison.Ordinal);
            Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
            Pass(writer, TimeSpan.FromSeconds(2));
        }

        Assert.Equal(5, Parent.HearsAmongOthers<CheckpointProtocol.GivenUp>().Snapshot.Step);
    }

    [Fact]
    public void Told_to_hurry_with_nothing_that_waits_it_writes_nothing()
    {
        var writer = Start();
        Save(writer, 5);
        Parent.HearsAmongOthers<CheckpointProtocol.Saved>();
        writer.Tell(new CheckpointProtocol.Hurry());
        Assert.Empty(Heard(writer, Parent));
        Assert.Single(_storage.Written);
    }

    [Fact]
    public void A_state_is_written_if_and_only_if_all_its_numbers_are_finite()
    {
        var writer = Start();
        float[] ends = [-0f, float.MaxValue, float.MinValue, float.Epsilon];
        var any = Gen.Int.Select(BitConverter.Int32BitsToSingle);
        var good = Gen.OneOf(any.Where(float.IsFinite), Gen.Int[0, ends.Length - 1].Select(i => ends[i]));
        float[] bad = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        // Longer than any register, so that it ends within one, at its border, and behind it.
        Gen.Select(good.Array[1, 70], good.Array[1, 70], Gen.Int[-1, 139], Gen.Int[0, bad.Length - 1].Select(i => bad[i])).Sample(
            (first, second, at, value) =>
            {
                var values = (at < 70 ? first : second).AsSpan();
                var place = at % 70;
                var isBad = at >= 0 && place < values.Length;
                if (isBad) values[place] = value;
                Tell(writer, new TrainingSnapshot(
                    [new SnapshotTensor("first", [first.Length], first), new SnapshotTensor("second", [second.Length], second)],
                    new Dictionary<string, long>()));
                if (!isBad)
                {
                    Parent.Hears<CheckpointProtocol.Saved>();
                    return;
                }

                var tensor = at < 70 ? "first" : "second";
                ExpectDecision(
                    SupervisionVerdict.GivenUp, $"is to write the state after step 1, which holds NaN or infinity in {tensor}.",
                    "it is not saved; the last good checkpoint stays", 1);
                Assert.Equal(
                    $"the state after step 1 holds NaN or infinity in {tensor}", Parent.Hears<CheckpointProtocol.GivenUp>().Cause);
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void One_over_which_it_failed_is_written_when_it_is_back()
    {
        var failures = 1;
        _storage.Before = _ => { if (failures-- > 0) throw new InvalidOperationException("bug in the writer"); };
        var writer = Start();
        Save(writer, 5);
        Assert.Equal(5, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
        Assert.Equal([5], _storage.Written.Select(written => written.Step));
    }

    [Fact]
    public void One_that_waited_for_its_next_try_when_it_failed_is_written_when_it_is_back()
    {
        _storage.Failures = 1;
        var writer = Start();
        Save(writer, 5);
        Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
        writer.Tell(Kill.Instance);
        Assert.Equal(5, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
    }

    [Fact]
    public void One_that_was_overtaken_while_it_failed_is_not_written_over_the_newer_one()
    {
        _storage.Before = step =>
        {
            if (step != 5) return;
            _gate.Pass();
            throw new InvalidOperationException("bug in the writer");
        };
        var writer = Start();
        Save(writer, 5);
        _gate.AwaitArrival();
        Save(writer, 10);
        _gate.Open();
        Assert.Equal(10, Parent.Hears<CheckpointProtocol.Saved>().Snapshot.Step);
        var givenUp = Parent.Hears<CheckpointProtocol.GivenUp>();
        Assert.Equal((5, "a newer state took its place"), (givenUp.Snapshot.Step, givenUp.Cause));
        Assert.Equal([10], _storage.Written.Select(written => written.Step));
    }

    [Fact]
    public void That_it_is_to_hurry_outlives_its_failure()
    {
        _options = _options with { OnCheckpointFailure = OnCheckpointFailure.Pause };
        _storage.Failures = int.MaxValue;
        var tries = 0;
        _storage.Before = _ => { if (++tries == 2) throw new InvalidOperationException("bug in the writer"); };
        var writer = Start();
        Save(writer, 5);
        Parent.HearsAmongOthers<CheckpointProtocol.Delayed>();
        writer.Tell(new CheckpointProtocol.Hurry());
        var decision = Parent.HearsAmongOthers<SupervisionDecision>().Decision;
        Assert.EndsWith("(attempt 1 of 3); training waits", decision, StringComparison.Ordinal);
        Assert.Equal(3, tries);
    }

    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
    }

    private IActorRef Start() => Start(CheckpointActor.Props(_storage, _shelf, _options), "checkpoints", Directive.Restart);

    private SnapshotTicket Save(IActorRef writer, long step, params long[] skipped) => Tell(
        writer, new TrainingSnapshot([new SnapshotTensor("state", [1], [step])], new Dictionary<string, long>()), step, skipped);

    private SnapshotTicket Tell(IActorRef writer, TrainingSnapshot snapshot, long step = 1, params long[] skipped)
    {
        var ticket = _shelf.Put(snapshot, step, skipped, final: false);
        writer.Tell(new CheckpointProtocol.Save(ticket));
        return ticket;
    }

    /// <summary>Time passes, and the writer has done what falls due by then.</summary>
    private void Pass(IActorRef writer, TimeSpan time)
    {
        AwaitTaken(writer);
        Time.Advance(time);
        AwaitTaken(writer);
    }

    private void ExpectDecision(SupervisionVerdict verdict, string cause, string decision, int count)
    {
        var told = Parent.Hears<SupervisionDecision>();
        Assert.Equal((verdict, cause, decision, count), (told.Verdict, told.Cause, told.Decision, told.Count));
        Assert.Equal(("checkpoints", verdict == SupervisionVerdict.GivenUp), (told.Name, told.IsGrave));
    }
}
