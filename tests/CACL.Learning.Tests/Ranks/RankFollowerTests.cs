using CACL.Data.Batches;
using CACL.Learning.DataParallel;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Ranks;

/// <summary>What rank 0 and the others say to each other, without a network: an engine's state is the sum of the steps it took.</summary>
public sealed class RankFollowerTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void The_others_take_over_rank_0s_state_and_take_its_steps_with_its_settings()
    {
        var weights = new LossWeights(new LossWeight("global", 1 / 3.0), new LossWeight("cycle", 0));
        var engines = ThreadRanks.Do(3, rank =>
        {
            if (rank.Rank > 0) return Follow(rank);
            var engine = new Counting();
            engine.Restore(new TrainingSnapshot([new SnapshotTensor("state", [1], [0.25f])], new Dictionary<string, long> { ["n"] = 4 }));
            using var leader = new RankLeader(rank, Often);
            leader.Prepare("a plan");
            using var leading = new LeadingEngine(leader, engine);
            foreach (long step in (long[])[7, 8, 3])
            {
                leading.Step(
                    new PairBatch(step, 0, []), new StepSettings(0.1 * step) { Step = step, Progress = 1 / 7.0, Weights = weights });
            }

            return engine;
        });
        Assert.Equal([7L, 8, 3], engines[0].Taken.Select(step => step.Step));
        Each.Holds(engines, engine =>
        {
            Assert.Equal(engines[0].State, engine.State);
            Assert.Equal(4, engine.Counter);
            Assert.Equal(engines[0].Taken, engine.Taken);
        });
    }

    [Fact]
    public void Rank_0_waits_for_a_rank_that_prepares_or_has_no_batch_yet()
    {
        var engines = ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank > 0) return Follow(rank, late: 3);
            var engine = new Counting();
            using var leader = new RankLeader(rank, Often);
            leader.Prepare("a plan");
            using var leading = new LeadingEngine(leader, engine);
            leading.Step(new PairBatch(1, 0, []), new StepSettings(1));
            return engine;
        });
        Each.Holds(engines, engine => Assert.Single(engine.Taken));
    }

    [Theory]
    [InlineData("it has other videos.", null)]
    [InlineData(null, "6 of 20 videos are unusable.")]
    public void A_rank_that_cannot_go_on_says_why_to_all(string? atFirst, string? later)
    {
        var said = ThreadRanks.Do(3, rank =>
        {
            var failure = Assert.Throws<LostRankException>(() =>
            {
                if (rank.Rank > 0)
                {
                    Follow(rank, atFirst: rank.Rank == 2 ? atFirst : null, later: rank.Rank == 2 ? later : null);
                    return;
                }

                var leader = new RankLeader(rank, TimeSpan.FromHours(1));
                leader.Prepare("a plan");
                using var leading = new LeadingEngine(leader, new Counting());
                leading.Step(new PairBatch(1, 0, []), new StepSettings(1));
            });
            return failure.Message;
        });
        Each.Holds(said, message => Assert.Equal($"Rank 2 of 3 cannot go on: {atFirst ?? later}", message));
    }

    [Fact]
    public void Ranks_whose_states_differ_end_with_a_word()
    {
        var said = ThreadRanks.Do(2, rank => Assert.Throws<LostRankException>(() =>
        {
            if (rank.Rank > 0)
            {
                Follow(rank, drifts: true);
                return;
            }

            var leader = new RankLeader(rank, TimeSpan.FromHours(1));
            leader.Prepare("a plan");
            using var leading = new LeadingEngine(leader, new Counting());
            for (var step = 99; step <= 200; step++) leading.Step(new PairBatch(step, 0, []), new StepSettings(1));
        }));
        Each.Holds(said, failure =>
        {
            Assert.True(failure.IsDrift);
            Assert.StartsWith("Rank 1 has drifted away from rank 0: after 100 steps", failure.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void While_rank_0_has_nothing_to_do_the_others_hear_of_it()
    {
        var heard = ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank > 0)
            {
                Follow(rank);
                return rank.Exchanges;
            }

            using var leader = new RankLeader(rank, Often);
            Eventually.Holds(() => rank.Exchanges > 5);
            return rank.Exchanges;
        });
        Assert.InRange(heard[1], 6, int.MaxValue);
    }

    [Fact]
    public void Rank_0_lets_the_others_go_before_it_ends_itself_and_knows_whether_all_of_them_are_there()
    {
        ThreadRanks.Do(3, rank =>
        {
            if (rank.Rank > 0) return Follow(rank);
            using var leader = new RankLeader(rank, TimeSpan.FromHours(1));
            leader.Prepare("a plan");
            Assert.True(leader.End());
            var said = rank.Exchanges;
            Assert.True(leader.End());
            Assert.Equal(said, rank.Exchanges);
            return new Counting();
        });
        ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank > 0) return Assert.Throws<LostRankException>(() => Follow(rank, atFirst: "it has other videos."));
            var leader = new RankLeader(rank, TimeSpan.FromHours(1));
            var lost = Assert.Throws<LostRankException>(() => leader.Prepare("a plan"));
            rank.GiveUp(lost);
            Assert.False(leader.End());
            return lost;
        });
    }

    [Fact]
    public void The_end_does_not_wait_for_a_step_that_hangs()
    {
        LongTests.Only("Five seconds of patience");
        using var go = new ManualResetEventSlim();
        ThreadRanks.Do(2, rank =>
        {
            if (rank.Rank > 0) return Follow(rank);
            using var leader = new RankLeader(rank, TimeSpan.FromHours(1));
            leader.Prepare("a plan");
            using var began = new ManualResetEventSlim();
            var engine = new Counting
            {
                Before = () =>
                {
                    began.Set();
                    Eventually.IsSet(go);
                },
            };
            using var leading = new LeadingEngine(leader, engine);
            var step = new Thread(() => leading.Step(new PairBatch(1, 0, []), new StepSettings(1)));
            step.Start();
            Eventually.IsSet(began);
            Assert.False(leader.End());
            go.Set();
            step.Join();
            Assert.True(leader.End());
            return engine;
        });
    }

    private static Counting Follow(
        ICollectives ranks, int late = 0, string? atFirst = null, string? later = null, bool drifts = false)
    {
        var inputs = new Inputs { Engine = new Counting { Drifts = drifts }, Late = late, Failure = later };
        var isPrepared = false;
        RankFollower.Run(ranks, plan =>
        {
            Assert.Equal("a plan", plan);
            isPrepared = true;
            return atFirst is null ? inputs : throw new RankInputsException(atFirst);
        });
        Assert.Equal(isPrepared, inputs.IsDisposed);
        return (Counting)inputs.Engine;
    }

    private sealed class Inputs : IRankInputs
    {
        public required ITrainingEngine Engine { get; init; }

        public int Late { get; set; }

        public string? Failure { get; init; }

        public bool IsDisposed { get; private set; }

        public PairBatch? Next(long step, TimeSpan wait) =>
            Failure is not null ? throw new RankInputsException(Failure) : Late-- > 0 ? null : new PairBatch(step, 0, []);

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Counting : ITrainingEngine
    {
        public float State { get; private set; }

        public long Counter { get; private set; }

        public bool Drifts { get; init; }

        public Action? Before { get; init; }

        public List<(long Step, double Rate, double Progress, LossWeights? Weights)> Taken { get; } = [];

        public byte[] Checksum() => BitConverter.GetBytes(Drifts ? State + Taken.Count : State);

        public StepResult Step(PairBatch batch, StepSettings settings)
        {
            Before?.Invoke();
            State += batch.Step;
            Taken.Add((batch.Step, settings.LearningRate, settings.Progress, settings.Weights));
            return new StepResult(0, [], settings.LearningRate);
        }

        public TrainingSnapshot Snapshot(TrainingSnapshot? reuse) =>
            new([new SnapshotTensor("state", [1], [State])], new Dictionary<string, long> { ["n"] = Counter });

        public void Restore(TrainingSnapshot snapshot)
        {
            State = snapshot.Tensors[0].Values[0];
            Counter = snapshot.Counters["n"];
        }

        public void Dispose()
        {
        }
    }
}
