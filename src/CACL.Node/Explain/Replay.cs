using System.Runtime.CompilerServices;
using CACL.Actors.Contracts;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>What came of computing a step once more.</summary>
/// <param name="Checkpoint">Name of the checkpoint's folder that it started from.</param>
/// <param name="Steps">Steps that were computed, the explained one included.</param>
/// <param name="Device">Where.</param>
/// <param name="Threads">Threads of the processor.</param>
/// <param name="Result">What the explained step computed.</param>
/// <param name="Difference">Its largest difference from the recorded figures: 0 is equal to the bit, NaN where one of them is not finite;
/// null: nothing is recorded.</param>
/// <param name="FirstThatDiffers">The first step whose figures are not the recorded ones to the bit; null: none.</param>
internal sealed record ReplayResult(
    string Checkpoint, long Steps, string Device, int Threads, StepResult Result, double? Difference, long? FirstThatDiffers);

/// <summary>The end of a replay: its result, or the sentence why there is none.</summary>
internal sealed record ReplayOutcome(ReplayResult? Result, string? WhyNot);

/// <summary>
/// Computes a past step once more: from the last checkpoint before it, with the same batches through the run's own engine.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="batches">Makes its batches.</param>
/// <param name="say">Shows a sentence.</param>
internal sealed class Replay(PastRun run, BatchRebuilder batches, Action<string> say)
{
    /// <summary>Replays a step.</summary>
    /// <param name="batch">The step's batch; stays the caller's.</param>
    /// <param name="cancel">Gives up.</param>
    public ReplayOutcome Run(RebuiltBatch batch, CancellationToken cancel)
    {
        if (!batch.IsWhole) return new(null, "The losses cannot be computed anew: pairs of the batch are missing.");
        var there = run.Checkpoints.Steps;
        foreach (var step in there.Where(s => s <= batch.Step))
        {
            try
            {
                return From(run.Checkpoints.PathOf(step), batch, there, cancel);
            }
            catch (CheckpointException e)
            {
                say(e.Message); // an earlier one serves as well
            }
        }

        return new(null, (there.Count, there.Any(s => s <= batch.Step)) switch
        {
            (0, _) => "The losses are not computed anew: the run has no checkpoints.",
            (_, true) => $"The losses are not computed anew: no checkpoint of before step {batch.Step + 1} can be used.",
            _ => $"The losses are not computed anew: no checkpoint of before step {batch.Step + 1} is left; the oldest one is of after "
                + $"step {there[^1]}. "
                + "cacl.checkpoints.keep says how many a run keeps.",
        });
    }

    private ReplayOutcome From(string folder, RebuiltBatch batch, IReadOnlyList<long> there, CancellationToken cancel)
    {
        var state = CheckpointStore.LoadState(folder);
        var recorded = RecordedSteps.Read(run.Folder, state.Step + 1, batch.Step + 1);
        if (recorded.At(batch.Step + 1) is null && batch.Step > (recorded.Last?.Step ?? 0))
            return new(null, $"The losses are not computed anew: the run has not come to step {batch.Step + 1}.");
        var (device, threads) = Machine();
        return Compute(folder, device, threads, batch, recorded, LeftOut(state, there), cancel);
    }

    // TorchSharp's types may be touched only after the loader ran, so only inside a method of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReplayOutcome Compute(
        string folder, string device, int threads, RebuiltBatch batch, RecordedSteps recorded, HashSet<long> leftOut,
        CancellationToken cancel)
    {
        var options = TrainingOptions.Of(run.Configuration, run.Folder, device, new TrainingVideos(run.Videos, []));
        var checkpoint = CheckpointStore.Load(folder);
        checkpoint.RequireSame(options.Method.Architecture, options.Fingerprint);
        var first = checkpoint.State.Step;
        var rate = options.LearningRateOver(run.Length);
        var live = LiveOf(options);
        say($"Computing the steps {first + 1} to {batch.Step + 1} anew from {Path.GetFileName(folder)} on {device} with {threads} "
            + "threads; --no-replay leaves this out.");
        using var engine = new TrainingEngine(run.Settings.ToMethod(), device, options.Sampling.Seed);
        engine.Restore(checkpoint.Snapshot);
        using var ahead = new PrefetchedBatches(batches, first, batch.Step, cancel);
        long? differs = null;
        for (var step = first; step < batch.Step; step++)
        {
            using var earlier = ahead.Next();
            if (leftOut.Contains(step)) continue;
            if (earlier.Samples.FirstOrDefault(s => s.Missing is not null) is { } missing)
                return new(null, $"The losses cannot be computed anew from {Path.GetFileName(folder)}: of step {step + 1}, "
                    + $"{missing.Missing}");
            var line = recorded.At(step + 1);
            var result = Step(earlier, step, line);
            if (line is not null && line.DifferenceFrom(result, run.Method.Metrics) != 0) differs ??= step + 1;
        }

        var then = recorded.At(batch.Step + 1);
        var now = Step(batch, batch.Step, then);
        var difference = then?.DifferenceFrom(now, run.Method.Metrics);
        if (difference is not (null or 0)) differs ??= batch.Step + 1;
        return new(new ReplayResult(Path.GetFileName(folder), batch.Step + 1 - first, device, threads, now, difference, differs), null);

        // What was changed while the run went on, cacl set, was changed from that step on.
        StepResult Step(RebuiltBatch rebuilt, long step, RecordedStep? line)
        {
            var settings = live(step).OfStep(rate(step), run.Length.ProgressAt(step));
            return engine.Step(
                rebuilt.Pairs, line?.LearningRate is { } recordedRate ? settings with { LearningRate = recordedRate } : settings);
        }
    }

    private Func<long, LiveSettings> LiveOf(RunOptions options)
    {
        try
        {
            return LiveHistory.Read(options.LiveSettings, options.Directory);
        }
        catch (Exception e) when (e is ControlJournalException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"control.jsonl of {run.Folder} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// The steps that the run left out by what this and later checkpoints know. Others whose losses were not finite are again none, and
    /// change nothing.
    /// </summary>
    private HashSet<long> LeftOut(CheckpointState state, IReadOnlyList<long> there)
    {
        var steps = state.SkippedSteps.ToHashSet();
        foreach (var later in there.Where(s => s > state.Step))
        {
            try
            {
                steps.UnionWith(CheckpointStore.LoadState(run.Checkpoints.PathOf(later)).SkippedSteps);
            }
            catch (CheckpointException)
            {
                // What it knows the next one knows too.
            }
        }

        return steps;
    }

    // Results are the same to the bit only with as many threads as the run had, which its log tells where the settings leave it open.
    private (string Device, int Threads) Machine()
    {
        var training = run.Settings.Training;
        var device = DeviceChoice.Resolve(training.Device, training.LibTorch);
        return (device, TorchThreads.Use(training.Threads > 0 ? training.Threads : RunThreads.Of(run.Folder) ?? 0));
    }
}
