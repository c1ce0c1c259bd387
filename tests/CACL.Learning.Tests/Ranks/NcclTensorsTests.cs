using CACL.Learning.Ranks;
using CACL.Testing;
using CsCheck;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Ranks;

/// <summary>Over NCCL, ranks exchange what they exchange over the host. NCCL is stood in for: there is no card.</summary>
public sealed class NcclTensorsTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    public NcclTensorsTests() => NcclStandIn.Require();

    [Fact]
    public void Ranks_exchange_over_NCCL_what_they_exchange_over_the_host() =>
        (from ranks in Gen.Int[1, 4]
         from counts in Gen.Int[1, 5].Array[ranks * ranks]
         from length in Gen.Int[1, 7]
         from isWide in Gen.Bool
         from seed in Gen.Int
         select (ranks, counts, length, type: isWide ? float64 : float32, seed)).Sample(
            t =>
            {
                var results = ThreadRanks.Do(t.ranks, rank =>
                {
                    using var nccl = Over(rank);
                    using var host = new HostTensors(rank);
                    return (Exchanged(nccl, t.counts, t.length, t.type, t.seed), Exchanged(host, t.counts, t.length, t.type, t.seed));
                });
                return results.All(result => result.Item1.SequenceEqual(result.Item2));
            },
            iter: 30, threads: 1);

    [Fact]
    public void What_a_card_has_not_done_yet_is_waited_for() => Assert.Equal([3f, 3f], ThreadRanks.Do(2, rank =>
    {
        using var card = Over(rank, new StandInCard($"card {rank.Rank}") { ReturnsAtOnce = true });
        using var x = tensor(new[] { rank.Rank + 1f });
        card.AllReduce(x, "adding");
        // The other one comes to its exchange only after this one has handed its own over.
        rank.Barrier("the middle");
        card.Finish("adding");
        return x[0].item<float>();
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rank_that_does_not_come_costs_the_deadline_wherever_it_is_waited_for(bool returnsAtOnce)
    {
        var aborts = NcclStandIn.Aborts();
        var words = ThreadRanks.Do(2, rank =>
        {
            using var tensors = Over(rank, new StandInCard($"card {rank.Rank}") { ReturnsAtOnce = returnsAtOnce }, Short);
            using var x = zeros(3);
            tensors.AllReduce(x, "meeting");
            tensors.Finish("meeting");
            if (rank.Rank == 1) return "";
            var lost = Assert.Throws<LostRankException>(() =>
            {
                tensors.AllReduce(x, "adding");
                tensors.Finish("adding");
            });
            // It does not try again, nor does what travels over the host.
            Assert.Equal(lost.Message, Assert.Throws<LostRankException>(() => tensors.AllReduce(x, "adding")).Message);
            Assert.Equal(lost.Message, Assert.Throws<LostRankException>(() => rank.Barrier("anything")).Message);
            return lost.Message;
        })[0];
        Assert.StartsWith("Not every rank took part in adding within 0 s", words);
        Assert.Equal(aborts + 1, NcclStandIn.Aborts());
    }

    [Fact]
    public void A_rank_that_does_not_come_to_the_meeting_costs_the_deadline() => Assert.Equal(
        ["Not every rank took part in meeting over NCCL within 0 s: one of them hangs, is far behind, or is out of reach.",
            "NCCL could not carry the first words between the ranks: unhandled system error. With NCCL_DEBUG=INFO in the environment it "
            + "says more."],
        ThreadRanks.Do(2, rank => Loss(rank, new StandInCard($"card {rank.Rank}") { FailingCall = rank.Rank }, Short)));

    [Fact]
    public void A_call_that_fails_is_told_in_NCCLs_words() => Assert.Equal(
        "NCCL could not carry adding between the ranks: unhandled system error. With NCCL_DEBUG=INFO in the environment it says more.",
        ThreadRanks.Do(1, rank => Loss(rank, new StandInCard("card") { FailingCall = 2 }, Ample))[0]);

    [Fact]
    public void An_error_that_NCCL_tells_later_ends_the_wait() => Assert.Equal(
        "NCCL lost another rank during adding: remote process exited or there was a network error.",
        ThreadRanks.Do(2, rank =>
        {
            var card = new StandInCard($"card {rank.Rank}") { ReturnsAtOnce = true };
            using var tensors = Over(rank, card);
            using var x = zeros(3);
            tensors.AllReduce(x, "meeting");
            tensors.Finish("meeting");
            if (rank.Rank == 1) return "";
            tensors.AllReduce(x, "adding");
            NcclStandIn.Error(card.Stream, 6); // ncclRemoteError
            return Assert.Throws<LostRankException>(() => tensors.Finish("adding")).Message;
        })[0]);

    [Fact]
    public void Ranks_that_want_different_things_are_told_so() => Each.Holds(
        ThreadRanks.Do(2, rank =>
        {
            using var tensors = Over(rank, new StandInCard($"card {rank.Rank}") { ReturnsAtOnce = true }, Short);
            using var x = zeros(3 + rank.Rank);
            tensors.AllReduce(x, "adding");
            return Assert.Throws<LostRankException>(() => tensors.Finish("adding")).Message;
        }),
        words => Assert.Contains("invalid usage", words, StringComparison.Ordinal));

    [Fact]
    public void Two_ranks_on_one_card_are_refused() => Each.Holds(
        ThreadRanks.Do(3, rank => Loss(rank, new StandInCard(rank.Rank == 1 ? "one" : "other"), Ample)),
        words => Assert.StartsWith("Ranks 0 and 2 would share a card, which NCCL cannot", words));

    [Fact]
    public void Different_versions_are_refused() => Each.Holds(
        ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank == 1) NcclStandIn.Version(2804);
            return Loss(rank, new StandInCard($"card {rank.Rank}"), Ample);
        }),
        words => Assert.Equal("Rank 0 has NCCL 2.27.5 and rank 1 has 2.8.4: give all ranks the same.", words));

    [Fact]
    public void If_rank_0_cannot_begin_the_others_say_so()
    {
        var words = ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank == 0) NcclStandIn.Fail(1);
            return Loss(rank, new StandInCard($"card {rank.Rank}"), Ample);
        });
        Assert.Contains("unhandled system error", words[0], StringComparison.Ordinal);
        Assert.StartsWith("Rank 0 could not start NCCL", words[1]);
    }

    /// <summary>Exchanges over the stand-in.</summary>
    internal static NcclTensors Over(ThreadRanks rank, StandInCard? card = null, TimeSpan? deadline = null) =>
        new(rank, card ?? new StandInCard($"card {rank.Rank}"), deadline ?? Ample);

    private static string Loss(ThreadRanks rank, StandInCard card, TimeSpan deadline)
    {
        using var tensors = Over(rank, card, deadline);
        using var x = zeros(3);
        return Assert.Throws<LostRankException>(() => tensors.AllReduce(x, "adding")).Message;
    }

    // All that a step exchanges: rank a sends counts[a, b] rows to rank b.
    private static byte[] Exchanged(ITensorCollectives ranks, int[] counts, int length, ScalarType type, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed + (ulong)ranks.Rank);
        Tensor Random(params long[] shape) => randn(shape, generator: generator).to(type);
        var (rank, size) = (ranks.Rank, ranks.Size);
        int[] to = [.. Enumerable.Range(0, size).Select(other => counts[(rank * size) + other])];
        int[] from = [.. Enumerable.Range(0, size).Select(other => counts[(other * size) + rank])];
        var sum = Random(length);
        ranks.AllReduce(sum, "adding");
        var own = Random(2, length);
        var all = empty([2 * size, length], type);
        ranks.AllGather(own, all, "gathering");
        var received = empty([from.Sum(), length], type);
        ranks.AllToAll(Random(to.Sum(), length), to, received, from, "shuffling");
        ranks.Finish("all");
        return [.. sum.bytes.ToArray(), .. all.bytes.ToArray(), .. received.bytes.ToArray()];
    }
}
