using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Tests.Fakes;

namespace CACL.Actors.Tests.Training;

/// <summary>How long a step is waited for.</summary>
public sealed partial class TrainerActorSpec
{
    [Theory]
    [InlineData(LoopPhase.InStep, "a step is being computed: the device may hang")]
    [InlineData(LoopPhase.WaitingForData, "it waits for data: the decoders deliver nothing")]
    [InlineData(LoopPhase.Copying, "the state is being copied")]
    [InlineData(LoopPhase.Starting, "the state is being built")]
    public void Where_no_step_is_finished_within_the_limit_that_is_told_once_with_what_it_does(LoopPhase phase, string doing)
    {
        if (phase == LoopPhase.InStep) _training.Before = _ => _gate.Pass();
        if (phase == LoopPhase.Copying) _training.BeforeCopy = _gate.Pass;
        if (phase == LoopPhase.Starting) _engine = () =>
        {
            _gate.Pass();
            return new FakeEngine(_training);
        };
        var trainer = Start(steps: 3, every: 1);
        if (phase != LoopPhase.WaitingForData) Feed(1);
        if (phase == LoopPhase.WaitingForData) Expect<LoopReport.PhaseIs>();
        else _gate.AwaitArrival();
        Heard(trainer, Parent);
        _clock.Jump(Limit - TimeSpan.FromTicks(1));
        Time.Advance(Limit / 4);
        Assert.Empty(Heard(trainer, Parent));
        _clock.Jump(TimeSpan.FromTicks(1));
        Time.Advance(Limit / 4);
        var decision = Parent.Hears<SupervisionDecision>();
        Assert.Equal((SupervisionVerdict.RunEnds, true, "trainer-7"), (decision.Verdict, decision.IsGrave, decision.Name));
        Assert.Equal($"has finished no step for 600 s ({doing}).", decision.Cause);
        Assert.Equal(
            $"No step was finished for 600 s, the limit of cacl.training.watchdog; {doing}.",
            Parent.Hears<TrainerProtocol.Stalled>().Message);
        LookAgain(trainer);
        Assert.Empty(Heard(trainer, Parent));
    }

    [Fact]
    public void Each_step_that_is_finished_begins_the_limit_anew()
    {
        var trainer = Start(steps: 5);
        for (var step = 1; step <= 3; step++)
        {
            _clock.Jump(Limit * 0.9);
            Feed(1);
            Expect<LoopReport.Stepped>();
            Time.Advance(Limit / 4);
            Assert.DoesNotContain(Heard(trainer, Parent), told => told is TrainerProtocol.Stalled);
        }
    }

    [Fact]
    public void A_training_that_is_held_is_not_awaited_and_has_the_whole_limit_when_it_goes_on()
    {
        _training.Before = _ => _gate.Pass();
        var trainer = Start(steps: 3);
        trainer.Tell(new TrainerProtocol.Pause(PauseReason.User));
        AwaitTaken(trainer);
        Feed(1);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.Paused);
        LookAgain(trainer);
        Assert.DoesNotContain(Heard(trainer, Parent), told => told is TrainerProtocol.Stalled);
        _clock.Jump(10 * Limit);
        trainer.Tell(new TrainerProtocol.Resume(PauseReason.User));
        _gate.AwaitArrival();
        Heard(trainer, Parent);
        _clock.Jump(Limit * 0.9);
        Time.Advance(Limit / 4);
        Assert.Empty(Heard(trainer, Parent));
        LookAgain(trainer);
        Expect<TrainerProtocol.Stalled>();
    }

    [Fact]
    public void Held_while_it_waits_for_data_it_is_not_awaited_either()
    {
        var trainer = Start(steps: 3);
        Expect<LoopReport.PhaseIs>(report => report.Phase == LoopPhase.WaitingForData);
        trainer.Tell(new TrainerProtocol.Pause(PauseReason.Checkpoint));
        LookAgain(trainer);
        Assert.DoesNotContain(Heard(trainer, Parent), told => told is TrainerProtocol.Stalled);
    }

    [Fact]
    public void Told_to_leave_it_ends_and_is_not_watched_any_more()
    {
        _training.Before = _ => _gate.Pass();
        var trainer = Start(steps: 9);
        Feed(1);
        _gate.AwaitArrival();
        trainer.Tell(new TrainerProtocol.Leave());
        LookAgain(trainer);
        Assert.DoesNotContain(Heard(trainer, Parent), told => told is TrainerProtocol.Stalled or SupervisionDecision);
        _gate.Open();
        Expect<TrainerProtocol.LoopGone>();
    }
}
