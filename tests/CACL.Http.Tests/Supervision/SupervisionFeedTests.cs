using CACL.Actors.Contracts;
using CACL.Http.Supervision;

namespace CACL.Http.Tests.Supervision;

public sealed class SupervisionFeedTests
{
    [Fact]
    public void Decisions_are_kept_in_their_order_and_told_in_words()
    {
        var feed = new SupervisionFeed();
        feed.Add(new SupervisionDecision("run/decoders-1/decoder-2", "failed: bug.", "restarted"));
        feed.Add(new SupervisionDecision("run/trainer-1", "has finished no step for 600 s", "end the run"));
        Assert.Equal(
            [
                (1L, "decoder", "decoder-2 failed: bug. Decision: restarted"),
                (2L, "trainer", "trainer-1 has finished no step for 600 s. Decision: end the run")],
            feed.Since(0).Select(d => (d.Number, d.Decision.Kind, d.Decision.Text)));
        Assert.Equal(2, Assert.Single(feed.Since(1)).Number);
        Assert.Empty(feed.Since(2));
    }

    [Fact]
    public void The_last_five_hundred_are_kept()
    {
        var feed = new SupervisionFeed();
        for (var i = 0; i < 700; i++) feed.Add(new SupervisionDecision("run", $"{i}", "none"));
        Assert.Equal((500, 201L, 700L), (feed.Since(0).Count, feed.Since(0)[0].Number, feed.Newest));
    }
}
