using CACL.Runs.Steps;
using CACL.Testing;
using CsCheck;

namespace CACL.Runs.Tests.Steps;

public sealed class BatchShareTests
{
    [Fact]
    public void All_ranks_shares_behind_each_other_are_the_batch_of_one_process() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 6], Gen.Long[0, 1000], Gen.Int[1, 4]).Sample((ranks, each, firstStep, steps) =>
        {
            var batch = ranks * each;
            Each.Holds(Enumerable.Range(0, steps), step =>
            {
                var place = firstStep + step;
                var found = Enumerable.Range(0, ranks).Select(rank => new BatchShare(rank, ranks)).SelectMany(share =>
                    Enumerable.Range(0, share.Of(batch)).Select(own => share.Sample((place * share.Of(batch)) + own, batch)));
                Assert.Equal(Enumerable.Range(0, batch).Select(sample => (place * batch) + sample), found);
            });
        });

    [Fact]
    public void One_process_has_every_sample_in_its_order() =>
        Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[1, 4096]).Sample((sample, batch) =>
            Assert.Equal(sample, BatchShare.Whole.Sample(sample, batch)));
}
