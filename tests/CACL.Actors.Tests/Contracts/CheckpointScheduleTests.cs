using CACL.Actors.Contracts;
using CACL.Runs.Steps;
using CsCheck;

namespace CACL.Actors.Tests.Contracts;

public sealed class CheckpointScheduleTests
{
    private static readonly Gen<CheckpointSchedule> Schedules = Gen.Select(
        Gen.Long[0, 12], Gen.Select(Gen.Long[0, 12], Gen.Long[0, 4]).Array[0, 3], Gen.Int[1, 50], Gen.Int[1, 9],
        (every, periods, videos, batch) => new CheckpointSchedule(
            every, [.. periods.Select(p => new EvaluationPeriod(p.Item1, p.Item2))], new RunLength(videos, batch, 1000)));

    [Fact]
    public void The_next_step_is_the_first_at_which_a_boundary_of_any_kind_was_crossed() =>
        Gen.Select(Schedules, Gen.Long[0, 200]).Sample((schedule, step) =>
        {
            var next = schedule.NextAfter(step);
            // The longest interval is six epochs of fifty videos in batches of one: a checkpoint is due within that many steps.
            var first = Enumerable.Range(1, 500).Select(ahead => step + ahead).FirstOrDefault(s => IsDue(schedule, step, s));
            Assert.Equal(first == 0 ? CheckpointSchedule.Never : first, next);
        });

    private static bool IsDue(CheckpointSchedule schedule, long since, long step)
    {
        return Crossed(since, step, schedule.EverySteps) || schedule.Evaluations.Any(period =>
            Crossed(since, step, period.EverySteps) || Crossed(Epochs(since), Epochs(step), period.EveryEpochs));

        long Epochs(long at) => at * schedule.Length.BatchSize / schedule.Length.Videos;

        static bool Crossed(long from, long to, long every) => every > 0 && to / every > from / every;
    }
}
