using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CsCheck;

namespace CACL.Actors.Tests.Supervisor;

public sealed class RollBacksTests
{
    [Fact]
    public void A_run_whose_every_training_fails_rolls_back_as_often_as_it_may() => Gen.Int[0, 10].Sample(most =>
    {
        var rollBacks = new RollBacks(OnNotFinite.Rollback, most);
        for (var launches = 1; launches <= most; launches++)
        {
            Assert.Equal(launches, rollBacks.Launch());
            Assert.False(rollBacks.IsUnderway);
            rollBacks.Begin();
            Assert.True(rollBacks.IsUnderway);
            rollBacks.End();
        }

        rollBacks.Launch();
        rollBacks.Begin();
        Assert.False(rollBacks.IsUnderway);
        Assert.Equal(most + 1, rollBacks.Launches);
    });

    [Theory]
    [InlineData(OnNotFinite.Halt)]
    [InlineData(OnNotFinite.Skip)]
    public void A_run_that_is_not_to_roll_back_does_not(OnNotFinite otherwise)
    {
        var rollBacks = new RollBacks(otherwise, 3);
        rollBacks.Launch();
        rollBacks.Begin();
        Assert.False(rollBacks.IsUnderway);
    }

    [Fact]
    public void Each_step_that_was_ever_left_out_is_left_out_again_in_order() =>
        Gen.Select(Gen.Long[0, 20].Array[0, 8], Gen.Long[0, 20].Array[0, 8]).Sample((earlier, now) =>
        {
            var rollBacks = new RollBacks(OnNotFinite.Rollback, 3);
            rollBacks.Resume(earlier);
            foreach (var step in now) rollBacks.LeaveOut(step);
            Assert.Equal(earlier.Union(now).Order(), rollBacks.SkippedSteps);
        });

    [Fact]
    public void A_checkpoint_that_is_asked_for_during_a_roll_back_is_made_once_by_the_training_after_it() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2]).Sample((before, during) =>
        {
            var rollBacks = new RollBacks(OnNotFinite.Rollback, 3);
            rollBacks.Launch();
            for (var i = 0; i < before; i++) rollBacks.AskForCheckpoint(); // the training that is there makes it
            rollBacks.Begin();
            for (var i = 0; i < during; i++) rollBacks.AskForCheckpoint();
            Assert.Equal(during > 0, rollBacks.End());
            Assert.False(rollBacks.IsUnderway);
            rollBacks.Launch();
            rollBacks.Begin();
            Assert.False(rollBacks.End());
        });
}
