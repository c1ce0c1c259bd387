using CACL.Actors.Supervisor;
using CsCheck;

namespace CACL.Actors.Tests.Supervisor;

public sealed class SavesUnderwayTests
{
    private enum What
    {
        Begun,
        Done,
        Await,
        GoOn,
        Forget,
    }

    [Fact]
    public void What_follows_comes_once_and_not_before_all_are_written_unless_that_was_waited_for_long_enough() =>
        Gen.Enum<What>().Array[0, 40].Sample(events =>
        {
            var saves = new SavesUnderway();
            var (underway, awaited) = (0, -1);
            List<int> expected = [], followed = [];
            for (var i = 0; i < events.Length; i++)
            {
                var number = i;
                switch (events[i])
                {
                    case What.Begun:
                        saves.Begun();
                        underway++;
                        break;
                    case What.Done when underway > 0:
                        Assert.Equal(--underway == 0, saves.Done());
                        break;
                    case What.Await:
                        Assert.Equal(underway > 0, saves.Await(() => followed.Add(number)));
                        awaited = number; // in the place of what was awaited before
                        if (underway == 0) Follows();
                        break;
                    case What.GoOn:
                        saves.GoOn();
                        Follows();
                        break;
                    case What.Forget:
                        saves.Forget();
                        awaited = -1;
                        break;
                }

                Assert.Equal(underway, saves.Count);
                Assert.Equal(expected, followed);
            }

            void Follows()
            {
                if (awaited >= 0) expected.Add(awaited);
                awaited = -1;
            }
        });

    [Fact]
    public void What_follows_may_begin_a_snapshot_and_have_something_follow_that()
    {
        var saves = new SavesUnderway();
        List<string> followed = [];
        saves.Begun();
        saves.Await(() =>
        {
            followed.Add("first");
            saves.Begun();
            Assert.True(saves.Await(() => followed.Add("second")));
        });
        Assert.True(saves.Done());
        saves.GoOn();
        Assert.Equal(["first"], followed);
        Assert.True(saves.Done());
        saves.GoOn();
        Assert.Equal(["first", "second"], followed);
    }

    [Fact]
    public void No_snapshot_is_released_that_was_not_handed_over()
    {
        var saves = new SavesUnderway();
        saves.Begun();
        saves.Done();
        Assert.Throws<InvalidOperationException>(() => saves.Done());
        Assert.Equal(0, saves.Count);
    }
}
