using System.Threading.Channels;
using CACL.Actors.Contracts;
using CACL.Actors.Loop;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Runs.Steps;
using CACL.Testing;
using CsCheck;

namespace CACL.Actors.Tests.Loop;

/// <summary>On a card a step's numbers come after the next step has begun. Nobody but the card may notice.</summary>
public sealed class LateNumbersTests
{
    private const int BatchSize = 2;

    [Fact]
    public void What_is_reported_and_saved_is_the_same_as_if_they_came_at_once() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 4], Gen.Long[0, 11].HashSet[0, 6], Gen.Bool).Sample((steps, every, bad, skips) =>
        {
            var reaction = skips ? OnNotFinite.Skip : OnNotFinite.Halt;
            Assert.Equal(Run(steps, every, bad, reaction, late: false), Run(steps, every, bad, reaction, late: true));
        }, iter: 300, threads: 1);

    [Fact]
    public void A_step_is_reported_before_the_loop_waits_for_the_next_batch()
    {
        using var memory = new FramePairPool(8);
        var batches = Channel.CreateUnbounded<PairBatch>();
        batches.Writer.TryWrite(Batch(memory, 0));
        using var reported = new ManualResetEventSlim();
        var training = new FakeTraining { ResultsComeLate = true };
        var loop = Loop(training, batches, 2, 0, OnNotFinite.Halt, new SnapshotShelf(), report =>
        {
            if (report is LoopReport.Stepped) reported.Set();
        });
        var thread = new Thread(() => loop.Run());
        thread.Start();
        Eventually.IsSet(reported);
        loop.Control.Stop();
        thread.Join();
        loop.Control.Dispose();
    }

    [Fact]
    public void A_step_is_reported_before_the_loop_pauses()
    {
        using var memory = new FramePairPool(8);
        var batches = Channel.CreateUnbounded<PairBatch>();
        for (var step = 0; step < 2; step++) batches.Writer.TryWrite(Batch(memory, step));
        using var paused = new ManualResetEventSlim();
        var order = new List<string>();
        TrainingLoop? loop = null;
        var training = new FakeTraining
        {
            ResultsComeLate = true,
            Before = step => { if (step == 0) loop!.Control.Pause(PauseReason.User); },
        };
        loop = Loop(training, batches, 2, 0, OnNotFinite.Halt, new SnapshotShelf(), report =>
        {
            var word = report is LoopReport.Stepped s ? $"{s.Metrics.Step}" : report is LoopReport.PhaseIs p ? $"{p.Phase}" : "";
            lock (order) order.Add(word);
            if (report is LoopReport.PhaseIs { Phase: LoopPhase.Paused }) paused.Set();
        });
        var thread = new Thread(() => loop.Run());
        thread.Start();
        Eventually.IsSet(paused);
        lock (order) Assert.True(order.IndexOf("1") is var at and >= 0 && at < order.IndexOf("Paused"), string.Join(' ', order));
        loop.Control.Stop();
        thread.Join();
        loop.Control.Dispose();
        while (batches.Reader.TryRead(out var left)) left.Dispose();
    }

    [Fact]
    public void A_step_that_halts_the_run_ends_it_although_the_run_is_paused_before_that_is_known()
    {
        using var memory = new FramePairPool(8);
        var batches = Channel.CreateUnbounded<PairBatch>();
        for (var step = 0; step < 3; step++) batches.Writer.TryWrite(Batch(memory, step));
        var reports = new List<LoopReport>();
        TrainingLoop? loop = null;
        var training = new FakeTraining
        {
            ResultsComeLate = true,
            NotFiniteAt = [0],
            Before = _ => loop!.Control.Pause(PauseReason.User),
        };
        loop = Loop(training, batches, 3, 1, OnNotFinite.Halt, new SnapshotShelf(), reports.Add);
        Assert.Null(loop.Run());
        Assert.Single(reports.OfType<LoopReport.NotFinite>());
        Assert.DoesNotContain(reports, report => report is LoopReport.Ended or LoopReport.SnapshotTaken or LoopReport.Stepped);
        loop.Control.Dispose();
        while (batches.Reader.TryRead(out var left)) left.Dispose();
    }

    private static string Run(int steps, int every, HashSet<long> bad, OnNotFinite reaction, bool late)
    {
        using var memory = new FramePairPool(8 * steps);
        var batches = Channel.CreateUnbounded<PairBatch>();
        for (var step = 0; step < steps; step++) batches.Writer.TryWrite(Batch(memory, step));
        var shelf = new SnapshotShelf();
        var words = new List<string>();
        TrainingLoop? loop = null;
        loop = Loop(new FakeTraining { ResultsComeLate = late, NotFiniteAt = bad }, batches, steps, every, reaction, shelf, report =>
        {
            if (report is LoopReport.SnapshotTaken { Snapshot: var ticket })
            {
                var snapshot = shelf.Take(ticket)!;
                words.Add($"saved {ticket.Step} {snapshot.Tensors[0].Values[0]} without {string.Join(',', ticket.SkippedSteps)}");
                loop!.Control.SnapshotReleased(snapshot);
            }
            else if (report is LoopReport.Stepped { Metrics: var metrics }) words.Add($"stepped {metrics.Step} {metrics.Result.Loss}");
            else if (report is LoopReport.NotFinite no) words.Add($"not finite {no.Step} {no.Videos.Count} {no.GoesOn}");
            else if (report is LoopReport.Ended ended) words.Add($"ended {ended.Step}");
        });
        Assert.Null(loop.Run());
        loop.Control.Dispose();
        while (batches.Reader.TryRead(out var left)) left.Dispose();
        return string.Join('\n', words);
    }

    private static TrainingLoop Loop(
        FakeTraining training, Channel<PairBatch> batches, int steps, int every, OnNotFinite reaction, SnapshotShelf shelf,
        Action<LoopReport> report)
    {
        var length = new RunLength(Videos: 10, BatchSize, steps);
        return new TrainingLoop(
            new TrainingLoop.Settings(
                () => new FakeEngine(training), Start: null, FirstStep: 0, length, _ => new StepSettings(0.1),
                new CheckpointSchedule(every, Evaluations: [], length), shelf, reaction, SkippedSteps: []),
            batches, report);
    }

    private static PairBatch Batch(FramePairPool memory, long step)
    {
        var pairs = Enumerable.Range(0, BatchSize).Select(_ => memory.Rent()).ToArray();
        foreach (var pair in pairs) (pair.First[0], pair.Second[0]) = ((byte)(step + 1), 0);
        return new PairBatch(step, 0, pairs);
    }
}
