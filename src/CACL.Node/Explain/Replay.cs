using System.Runtime.CompilerServices;
using CACL.Actors.Contracts;
using CACL.Data.Wording;
using CACL.Learning.Methods;
using CACL.Learning.Runtime;
using CACL.Learning.Weights;
using CACL.Node.Devices;
using CACL.Node.Ending;
using CACL.Node.RunInputs;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;

namespace CACL.Node.Explain;

/// <summary>The result of recomputing a step.</summary>
/// <param name="Checkpoint">Name of the checkpoint's folder from which it started.</param>
/// <param name="Steps">Number of steps computed, including the explained one.</param>
/// <param name="Device">The device.</param>
/// <param name="Threads">Number of CPU threads.</param>
/// <param name="Then">What the run computed it on; null where no run.json says so.</param>
/// <param name="Result">The recomputed step.</param>
/// <param name="Difference">Its largest difference from the recorded figures: 0 means equal to the bit, NaN that one of them is not finite;
/// null if nothing is recorded.</param>
/// <param name="FirstThatDiffers">The first step whose figures differ from the recorded ones in any bit; null if none does.</param>
internal sealed record ReplayResult(
    string Checkpoint, long Steps, string Device, int Threads, StartFacts? Then, StepResult Result, double? Difference,
    long? FirstThatDiffers);

/// <summary>The outcome of a replay: its result, or the sentence that says why there is none.</summary>
internal sealed record ReplayOutcome(ReplayResult? Result, string? WhyNot);

/// <summary>Recomputes a past step: from the last checkpoint before it, with the same batches, by the run's own engine.</summary>
/// <param name="run">The run.</param>
/// <param name="batches">Rebuilds its batches.</param>
/// <param name="say">Shows a sentence.</param>
internal sealed class Replay(PastRun run, BatchRebuilder batches, Action<string> say)
{
    /// <summary>Replays a step.</summary>
    /// <param name="batch">The step's batch; stays the caller's.</param>
    /// <param name="cancel">Gives up.</param>
    public ReplayOutcome Run(RebuiltBatch batch, CancellationToken cancel)
    {
        if (!batch.IsWhole) return new(null, "The losses cannot be recomputed: pairs of the batch are missing.");
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
            (0, _) => "The losses are not recomputed: the run has no checkpoints.",
            (_, true) => $"The losses are not recomputed: no checkpoint from before step {batch.Step + 1} can be used.",
            _ => $"The losses are not recomputed: no checkpoint from before step {batch.Step + 1} is left; the oldest one is from after "
                + $"step {there[^1]}. "
                + "cacl.checkpoints.keep says how many a run keeps.",
        });
    }

    private ReplayOutcome From(string folder, RebuiltBatch batch, IReadOnlyList<long> there, CancellationToken cancel)
    {
        var state = CheckpointStore.LoadState(folder);
        var recorded = RecordedSteps.Read(run.Folder, state.Step + 1, batch.Step + 1);
        if (recorded.At(batch.Step + 1) is null && batch.Step > (recorded.Last?.Step ?? 0))
            return new(null, $"The losses are not recomputed: the run has not reached step {batch.Step + 1}.");
        return Compute(folder, Device(), batch, recorded, LeftOut(state, there), cancel);
    }

    // TorchSharp's types may be touched only after the loader has run, and so only inside a separate method.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReplayOutcome Compute(
        string folder, string device, RebuiltBatch batch, RecordedSteps recorded, HashSet<long> leftOut, CancellationToken cancel)
    {
        var checkpoint = CheckpointStore.Load(folder);
        var precision = RunPrecision.Of(run.Settings.Training, device, checkpoint.State.Settings);
        var options = TrainingOptions.Of(run.Configuration, run.Folder, device, precision, new TrainingVideos(run.Videos, []));
        checkpoint.RequireSame(options.Method.Architecture, options.Fingerprint);
        var first = checkpoint.State.Step;
        var rate = options.LearningRateOver(run.Length);
        var live = LiveOf(options);
        var threads = TorchThreads.Use(run.Threads.Of(batch.Step + 1));
        say($"Recomputing the steps {first + 1} to {batch.Step + 1} from {Path.GetFileName(folder)} on {device} with "
            + $"{Counted.Of(threads, "thread")}; --no-replay leaves this out.");
        using var engine = new TrainingEngine(run.Settings.ToMethod(), device, options.Sampling.Seed, precision: precision);
        engine.Restore(checkpoint.Snapshot);
        using var ahead = new PrefetchedBatches(batches, first, batch.Step, cancel);
        long? differs = null;
        for (var step = first; step < batch.Step; step++)
        {
            using var earlier = ahead.Next();
            if (leftOut.Contains(step)) continue;
            if (earlier.Samples.FirstOrDefault(s => s.Missing is not null) is { } missing)
                return new(null, $"The losses cannot be recomputed from {Path.GetFileName(folder)}: of step {step + 1}, "
                    + $"{missing.Missing}");
            var line = recorded.At(step + 1);
            var result = Step(earlier, step, line);
            if (line is not null && line.DifferenceFrom(result, run.Method.Metrics) != 0) differs ??= step + 1;
        }

        var then = recorded.At(batch.Step + 1);
        var now = Step(batch, batch.Step, then);
        var difference = then?.DifferenceFrom(now, run.Method.Metrics);
        if (difference is not (null or 0)) differs ??= batch.Step + 1;
        return new(
            new ReplayResult(
                Path.GetFileName(folder), batch.Step + 1 - first, device, threads, run.Facts?.StartOf(batch.Step + 1), now, difference,
                differs),
            null);

        // Settings that were changed during the run, by cacl set, apply from that step on.
        StepResult Step(RebuiltBatch rebuilt, long step, RecordedStep? line)
        {
            var settings = live(step).OfStep(rate(step), run.Length, step);
            TorchThreads.Use(run.Threads.Of(step + 1)); // earlier steps may have been computed by another start
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
    /// Returns the steps that the run skipped, according to this and later checkpoints. Others whose losses were not finite will not be
    /// finite again, and change nothing.
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
                // The next checkpoint knows all that this one does.
            }
        }

        return steps;
    }

    private string Device() => DeviceChoice.Resolve(run.Settings.Training.Device, run.Settings.Training.LibTorch);
}
