using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;
using CsCheck;

namespace CACL.Actors.Tests.Evaluation;

public sealed class EvaluationUnderwayTests
{
    private static readonly EvaluationTarget CamVid = new("camvid", "linear", "quick");

    private enum What
    {
        Begin,
        Succeed,
        Fail,
        BackOffIsOver,
        TellToEnd,
        SetAside,
        StuckOneEnds,
        Leave,
    }

    [Fact]
    public void Whatever_happens_one_runs_at_a_time_and_each_that_began_comes_to_one_end() =>
        Gen.Select(Gen.Int[1, 4], Gen.Enum<What>().Array[0, 60]).Sample((most, events) =>
        {
            var underway = new EvaluationUnderway(most);
            EvaluationRequest? current = null, stuck = null; // what runs or waits for its next try; what runs on though told to end
            var (tries, waits, leaves, begun, ended) = (0, false, false, 0, 0);
            foreach (var what in events)
            {
                switch (what)
                {
                    case What.Begin when underway.MayBegin:
                        current = Request(++begun);
                        Assert.Equal((current, 1), Words(underway.Begin(current)));
                        tries = 1;
                        break;
                    case What.Succeed when current is not null && !waits:
                        Assert.Equal(AttemptEnd.Done, underway.End(succeeded: true));
                        (current, ended) = (null, ended + 1);
                        break;
                    case What.Fail when current is not null && !waits:
                        var expected = leaves ? AttemptEnd.PutBack : tries < most ? AttemptEnd.TriedAgain : AttemptEnd.GivenUp;
                        Assert.Equal(expected, underway.End(succeeded: false));
                        waits = expected == AttemptEnd.TriedAgain;
                        if (!waits) (current, ended) = (null, ended + 1);
                        break;
                    case What.BackOffIsOver when waits:
                        Assert.Equal((current!, ++tries), Words(underway.BeginAgain()));
                        waits = false;
                        break;
                    case What.TellToEnd:
                        Assert.Equal(current is not null && !waits, underway.TellToEnd("deadline"));
                        break;
                    case What.SetAside:
                        var aside = underway.SetAside();
                        Assert.Equal(waits ? null : current, aside?.Request);
                        if (aside is not null) (stuck, current) = (current, null);
                        break;
                    case What.StuckOneEnds when underway.Stuck is { } attempt:
                        Assert.True(underway.EndLate(attempt));
                        Assert.False(underway.EndLate(attempt));
                        (stuck, ended) = (null, ended + 1);
                        break;
                    case What.Leave:
                        Assert.Equal(waits ? current : null, underway.Leave());
                        if (waits) (current, waits, ended) = (null, false, ended + 1);
                        leaves = true;
                        break;
                }

                Assert.Equal((current, stuck, waits), (underway.Current?.Request, underway.Stuck?.Request, underway.AwaitsNextTry));
                Assert.Equal(current is null && stuck is null && !leaves, underway.MayBegin);
                Assert.Equal(begun - ended, underway.InUse.Count());
                Assert.InRange(underway.Current?.Number ?? 1, 1, most);
            }
        });

    [Fact]
    public void None_begins_beside_one_that_does_not_end_when_told_to()
    {
        var underway = new EvaluationUnderway(2);
        var attempt = underway.Begin(Request(5));
        Assert.True(underway.TellToEnd("too slow"));
        Assert.Same(attempt, underway.SetAside());
        Assert.Equal("too slow", attempt.Ending);
        Assert.Throws<InvalidOperationException>(() => underway.Begin(Request(6)));
        Assert.True(underway.EndLate(attempt));
        Assert.Equal(1, underway.Begin(Request(6)).Number);
    }

    [Fact]
    public void Why_it_was_told_to_end_first_is_not_forgotten_when_the_run_ends_as_well()
    {
        var underway = new EvaluationUnderway(2);
        var attempt = underway.Begin(Request(5));
        underway.TellToEnd("too slow");
        underway.Leave();
        Assert.True(underway.TellToEnd());
        Assert.Equal("too slow", attempt.Ending);
    }

    [Fact]
    public void The_end_of_an_earlier_try_is_not_taken_for_that_of_a_later_one()
    {
        var underway = new EvaluationUnderway(3);
        var first = underway.Begin(Request(5));
        underway.End(succeeded: false);
        var second = underway.BeginAgain();
        Assert.NotEqual(first, second);
        underway.SetAside();
        Assert.False(underway.EndLate(first));
        Assert.Same(second, underway.Stuck);
    }

    [Fact]
    public void Nothing_ends_or_begins_again_that_does_not_run()
    {
        var underway = new EvaluationUnderway(2);
        Assert.Throws<InvalidOperationException>(() => underway.End(succeeded: true));
        underway.Begin(Request(5));
        Assert.Throws<InvalidOperationException>(() => underway.BeginAgain());
        underway.End(succeeded: false);
        Assert.Throws<InvalidOperationException>(() => underway.End(succeeded: true));
    }

    private static (EvaluationRequest Request, int Number) Words(EvaluationAttempt attempt) => (attempt.Request, attempt.Number);

    private static EvaluationRequest Request(long step) => new(CamVid, step, EvaluationTrigger.EverySteps, $"step-{step}");
}
