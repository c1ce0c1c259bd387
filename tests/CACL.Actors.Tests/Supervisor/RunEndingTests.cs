using CACL.Actors.Supervisor;
using CACL.Runs.Folder;
using CsCheck;

namespace CACL.Actors.Tests.Supervisor;

public sealed class RunEndingTests
{
    private static readonly Gen<Happening[]> Histories = Gen.Select(
        Gen.Enum<What>(), Gen.Long[0, 9], Gen.Int[0, 3], (what, step, word) => new Happening(what, step, $"{what} {word}")).Array[0, 12];

    private enum What
    {
        Stop,
        DataGivesOut,
        AllStepsAreDone,
        LoopEndsEarly,
        RollBackIsDue,
        Failure,
        TrainingIsOver,
    }

    [Fact]
    public void The_outcome_is_the_first_failure_or_else_what_came_last_before_the_training_was_over() => Histories.Sample(history =>
    {
        var ending = new RunEnding();
        var over = false;
        List<RunOutcome> said = [];
        for (var i = 0; i < history.Length; i++)
        {
            if (!over && Says(history[i], history[..i]) is { } outcome) said.Add(outcome);
            over |= history[i].What == What.TrainingIsOver && said.Count > 0;
            Happens(ending, history[i]);
            Assert.Equal(said.Find(o => o.End == RunEnd.Failed) ?? said.LastOrDefault(), ending.Outcome);
            Assert.Equal(over, ending.TrainingIsOver);
        }
    });

    [Fact]
    public void The_first_reason_to_stop_counts_and_with_one_nothing_is_evaluated() => Histories.Sample(history =>
    {
        var ending = After(history);
        var reason = Array.Find(history, h => h.What is What.Stop or What.DataGivesOut)?.Word;
        Assert.Equal(reason, ending.StopReason);
        Assert.Equal(reason is null && ending.Outcome?.End == RunEnd.Completed, ending.IsEvaluated);
    });

    [Fact]
    public void The_outcome_is_told_once_with_what_is_known_by_then() => Histories.Sample(history =>
    {
        var ending = After([.. history, new Happening(What.Failure, 5, "disk full"), new Happening(What.TrainingIsOver, 5, "")]);
        Assert.False(ending.IsTold);
        Assert.Equal(ending.Outcome! with { Checkpoint = "step-7", EvaluationsLeft = 3 }, ending.Tell("step-7", 3));
        Assert.True(ending.IsTold);
        Assert.Null(ending.Tell("step-8", 0));
    });

    [Fact]
    public void A_failure_counts_until_the_training_is_over_and_that_comes_once()
    {
        var ending = new RunEnding();
        Assert.Throws<InvalidOperationException>(() => ending.EndTraining());
        Assert.True(ending.Fail(5, "disk full", null));
        Assert.True(ending.Fail(6, "device lost", null));
        Assert.True(ending.EndTraining());
        Assert.False(ending.Fail(7, "device lost", null));
        Assert.False(ending.EndTraining());
        Assert.Equal(new RunOutcome(RunEnd.Failed, 5, null, "disk full"), ending.Outcome);
    }

    [Fact]
    public void Data_that_gave_out_fails_a_run_even_where_all_its_steps_are_done()
    {
        var ending = new RunEnding();
        var cause = new Fault("InvalidOperationException", "no such library", "InvalidOperationException: no such library");
        Assert.True(ending.DataGivesOut("decoders failed", cause));
        Assert.False(ending.DataGivesOut("too many videos are bad", null));
        ending.LoopEnded(12, allDone: true);
        Assert.Equal(new RunOutcome(RunEnd.Failed, 12, null, "decoders failed", cause), ending.Outcome);
    }

    [Fact]
    public void A_run_that_is_asked_to_stop_does_not_roll_back()
    {
        var ending = new RunEnding();
        Assert.False(ending.EndsInsteadOfRollingBack(5));
        Assert.Null(ending.Outcome);
        ending.AskToStop("enough");
        Assert.True(ending.EndsInsteadOfRollingBack(5));
        Assert.Equal(new RunOutcome(RunEnd.Stopped, 5, null, "enough"), ending.Outcome);
    }

    private static RunEnding After(Happening[] history)
    {
        var ending = new RunEnding();
        foreach (var happening in history) Happens(ending, happening);
        return ending;
    }

    /// <summary>What a happening says of the outcome, from what came before it; null: nothing.</summary>
    private static RunOutcome? Says(Happening happening, Happening[] before)
    {
        var data = Array.Find(before, h => h.What == What.DataGivesOut)?.Word;
        var stop = Array.Find(before, h => h.What == What.Stop)?.Word;
        var asked = data is not null ? Outcome(RunEnd.Failed, data) : stop is not null ? Outcome(RunEnd.Stopped, stop) : null;
        return happening.What switch
        {
            What.Failure => Outcome(RunEnd.Failed, happening.Word),
            What.AllStepsAreDone when data is null => Outcome(RunEnd.Completed, "All steps are done."),
            What.AllStepsAreDone or What.RollBackIsDue => asked,
            What.LoopEndsEarly => asked ?? Outcome(RunEnd.Failed, "The stream of batches ended before the last step."),
            _ => null,
        };

        RunOutcome Outcome(RunEnd end, string message) => new(end, happening.Step, null, message);
    }

    private static void Happens(RunEnding ending, Happening happening)
    {
        switch (happening.What)
        {
            case What.Stop:
                ending.AskToStop(happening.Word);
                break;
            case What.DataGivesOut:
                ending.DataGivesOut(happening.Word, null);
                break;
            case What.AllStepsAreDone or What.LoopEndsEarly:
                ending.LoopEnded(happening.Step, happening.What == What.AllStepsAreDone);
                break;
            case What.RollBackIsDue:
                ending.EndsInsteadOfRollingBack(happening.Step);
                break;
            case What.Failure:
                ending.Fail(happening.Step, happening.Word, null);
                break;
            case What.TrainingIsOver when ending.Outcome is not null:
                ending.EndTraining();
                break;
        }
    }

    private sealed record Happening(What What, long Step, string Word);
}
