using CACL.Data.Batches;
using CACL.Data.Sampling;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Augmentation;

public sealed class BatchPreviewTests : IDisposable
{
    private const int Side = 32;
    private const int Size = 4;

    private readonly int _threads;

    public BatchPreviewTests()
    {
        LibTorchLoader.Load();
        _threads = TorchThreads.Used;
        TorchThreads.Use(1);
    }

    /// <summary>
    /// Gives the threads back: their number stays with this thread, on which golden trainings may run later. These round otherwise with
    /// another number.
    /// </summary>
    public void Dispose() => TorchThreads.Use(_threads);

    [Fact]
    public void Whoever_looks_at_every_step_changes_no_bit_of_the_run()
    {
        var clock = new SetClock();
        var preview = new BatchPreview(clock);
        var seen = new List<long>();
        var (losses, state) = Train(null, () => { });
        var (lossesLooked, stateLooked) = Train(preview, () =>
        {
            if (preview.Latest is { } latest) seen.Add(latest.Step);
            clock.Now += BatchPreview.LeastTime;
            preview.Request();
        });
        Assert.Equal([0, 1, 2], seen);
        Assert.Null(preview.Fault);
        Assert.Equal(losses, lossesLooked);
        foreach (var (one, other) in state.Tensors.Zip(stateLooked.Tensors))
        {
            Assert.Equal(one.Name, other.Name);
            Assert.True(one.Values.AsSpan().SequenceEqual(other.Values), $"{one.Name} differs.");
        }
    }

    [Fact]
    public void Nothing_is_copied_unasked_nor_more_often_than_every_few_seconds()
    {
        var clock = new SetClock();
        var preview = new BatchPreview(clock);
        var steps = new List<long?>();
        Train(preview, () => steps.Add(preview.Latest?.Step), steps: 2);
        Each.Holds(steps, step => Assert.Null(step));
        Train(preview, () =>
        {
            preview.Request();
            steps.Add(preview.Latest?.Step);
        }, steps: 2);
        Assert.Equal(0, preview.Latest!.Step);
        clock.Now += BatchPreview.LeastTime;
        Train(preview, () => preview.Request(), steps: 1);
        Assert.Equal((0, Size, Side), (preview.Latest.Step, preview.Latest.Pairs.Count, preview.Latest.Side));
        Assert.Equal(["/0", "/1", "/2", "/3"], preview.Latest.Pairs.Select(p => p.Path));
        Each.Holds(preview.Latest.Pairs, p => Assert.Equal((Side * Side * 3, Side * Side * 3), (p.View.Length, p.ViewPlus.Length)));
    }

    private static (List<StepResult> Losses, TrainingSnapshot State) Train(
        BatchPreview? preview, Action beforeStep, int steps = 4)
    {
        var method = new CaclOptions { Seed = 5, QueueSize = 64, BatchNormSplits = 2 };
        using var engine = new TrainingEngine(method, "cpu", seed: 5, initial: null, preview is null ? null : preview.Look);
        using var pool = new FramePairPool(Side);
        var losses = new List<StepResult>();
        for (var step = 0; step < steps; step++)
        {
            beforeStep();
            using var batch = Batch(pool, step);
            losses.Add(engine.Step(batch, new StepSettings(0.1)));
        }

        return (losses, engine.Snapshot(null));
    }

    private static PairBatch Batch(FramePairPool pool, int step)
    {
        var pairs = new List<FramePair>();
        for (var i = 0; i < Size; i++)
        {
            var pair = pool.Rent();
            var random = new Random((step * Size) + i);
            random.NextBytes(pair.First);
            random.NextBytes(pair.Second);
            pair.Path = $"/{i}";
            var augmentation = new ColourAugmentation(true, 1.2f, 0.8f, 1.1f, 0.05f, new JitterOrder(3, 1, 0, 2), false, i % 2 == 0, 1);
            var (box, flip) = (new CropBox(0, 0, Side, Side), i % 2 == 1);
            pair.Plan = new SamplePlan(
                0, i, 0, i, 0, 8, new ViewPlan(box, flip, augmentation, 8, 0), new ViewPlan(box, flip, augmentation, 0, 16), [0, 3]);
            pairs.Add(pair);
        }

        return new PairBatch(step, 0, pairs);
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
