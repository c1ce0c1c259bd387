using CACL.Learning.DataParallel;
using CACL.Learning.Methods;
using CACL.Testing;

namespace CACL.Learning.Tests.Ranks;

public sealed class RankTimeTests
{
    [Fact]
    public void Every_rank_hears_what_the_others_last_step_took()
    {
        var heard = ThreadRanks.Do(3, rank =>
        {
            var own = new RankAnswer(RankProgress.Ready) { Time = new RankTime(rank.Rank == 1 ? 5 : 2, 0.25 * rank.Rank) };
            Assert.True(RankAnswer.AllReady(rank, own, "a step", out var times));
            return RankTime.Slowest(times);
        });
        Each.Holds(heard, slowest => Assert.Equal(new RankTimes(1, 5, 0.25), slowest));
    }

    [Fact]
    public void What_a_card_exchanges_and_what_was_not_done_yet_is_not_known()
    {
        Assert.Equal(new RankTime(1.5, 0.5), RankTime.Of(TimeSpan.FromSeconds(2), 0.5));
        Assert.Equal(RankTime.Unknown, RankTime.Of(TimeSpan.FromSeconds(2), exchange: null));
        Assert.Null(RankTime.Slowest([new RankTime(1, 1), RankTime.Unknown]));
    }
}
