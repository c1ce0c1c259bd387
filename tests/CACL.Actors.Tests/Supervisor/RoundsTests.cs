using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Supervisor;

public sealed class RoundsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Fact]
    public void Whoever_owes_an_answer_for_the_whole_limit_is_overdue_and_told_once()
    {
        var clock = new StandingClock();
        var rounds = new Rounds(Limit, clock);
        Assert.True(rounds.Ask("telemetry"));
        Assert.False(rounds.Ask("telemetry"));
        clock.Jump(Limit - TimeSpan.FromTicks(1));
        Assert.Null(rounds.Overdue("telemetry"));
        Assert.NotNull(rounds.Overdue("telemetry", share: 0.5));
        clock.Jump(TimeSpan.FromTicks(1));
        Assert.Equal(Limit, rounds.Overdue("telemetry"));
        Assert.True(rounds.Tell("telemetry"));
        Assert.False(rounds.Tell("telemetry"));
        Assert.True(rounds.Answered("telemetry"));
        Assert.False(rounds.Answered("telemetry"));
        Assert.Null(rounds.Overdue("telemetry"));
    }

    [Fact]
    public void Time_in_which_nobody_was_asked_and_a_wall_clock_that_is_set_count_against_nobody()
    {
        var clock = new StandingClock();
        var rounds = new Rounds(Limit, clock);
        rounds.Ask("telemetry");
        rounds.Answered("telemetry");
        clock.Jump(10 * Limit); // the process was stopped, and goes on
        Assert.Null(rounds.Overdue("telemetry"));
        Assert.True(rounds.Ask("telemetry"));
        clock.SetWallClock(DateTimeOffset.UnixEpoch.AddYears(90));
        Assert.Null(rounds.Overdue("telemetry"));
    }

    [Fact]
    public async Task A_last_state_whose_write_hangs_ends_the_run_with_a_sentence()
    {
        using var run = new FakeRun();
        using var gate = new Gate();
        run.Options = run.Options with
        {
            // Long enough for all others to answer on a busy machine.
            Watchdog = TimeSpan.FromSeconds(2),
            CheckpointEverySteps = 0,
            EndingTime = TimeSpan.FromMilliseconds(500),
        };
        run.Storage.Before = _ => gate.Pass();
        var outcome = await run.RunAsync();
        gate.Open();
        Assert.Equal((RunEnd.Failed, 12L, null), (outcome.End, outcome.Step, outcome.Checkpoint));
        Assert.Contains("The last state could not be saved: the actor that writes checkpoints has answered nothing for", outcome.Message);
        var decision = Assert.Single(run.Decisions);
        Assert.Equal(("checkpoints", SupervisionVerdict.RunEnds), (decision.Name, decision.Verdict));
    }

    [Fact]
    public async Task A_training_that_pauses_for_its_checkpoints_pauses_while_a_write_hangs_and_goes_on_afterwards()
    {
        var clock = new JumpingClock();
        using var run = new FakeRun { Clock = clock, Training = new FakeTraining { StepTime = TimeSpan.FromMilliseconds(5) } };
        using var gate = new Gate();
        run.Options = run.Options with { MaxSteps = 0, Epochs = 1_000_000, OnCheckpointFailure = OnCheckpointFailure.Pause };
        run.Storage.Before = step => { if (step == 5) gate.Pass(); };
        var training = run.Start();
        gate.AwaitArrival();
        run.Tell("", new RunSupervisor.NextRound()); // asks
        // Each answers here once it has answered there, and the supervisor once it has heard that: only the writer still owes its answer.
        foreach (var part in (string[])["", "status", "telemetry", "control", "decoders-1", "trainer-1", ""]) _ = run.Actor(part);
        clock.Jump(run.Options.Watchdog);
        run.Tell("", new RunSupervisor.NextRound());
        Eventually.Holds(() => training.Status().State == RunState.Paused);
        Assert.True(training.Status().PausedByCheckpoint);
        var then = run.Training.Seen.Count;
        gate.Open();
        Eventually.Holds(() => run.Training.Seen.Count > then + 5);
        training.Stop("enough");
        Assert.Equal(RunEnd.Stopped, (await run.OutcomeAsync()).End);
        Assert.Equal("checkpoints", Assert.Single(run.Decisions).Name);
    }
}
