using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;

namespace CACL.Node.Explain;

/// <summary>
/// Rebuilds past batches: the plans come from where the run's stream gets them, the frames from the same decoders. Thread-safe.
/// </summary>
internal sealed class BatchRebuilder : IDisposable
{
    private readonly PastRun _run;
    private readonly IVideoLibrary _library;
    private readonly Func<IPairDecoder> _decoder;
    private readonly int _workers;
    private readonly FramePairPool _memory;
    private readonly ConcurrentBag<IPairDecoder> _idle = [];

    /// <summary>Creates a rebuilder for a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="library">Looks up its videos.</param>
    /// <param name="decoder">Creates a decoder.</param>
    /// <param name="workers">Number of decoders that work at the same time.</param>
    public BatchRebuilder(PastRun run, IVideoLibrary library, Func<IPairDecoder> decoder, int workers)
    {
        _run = run;
        _library = library;
        _decoder = decoder;
        _workers = workers;
        _memory = new FramePairPool(run.Settings.Data.CropSize);
    }

    /// <summary>Returns the batch of a step, owned by the caller.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public RebuiltBatch Rebuild(long step, CancellationToken cancel)
    {
        var samples = new RebuiltSample?[_run.Length.BatchSize];
        try
        {
            Parallel.For(
                0, samples.Length, new ParallelOptions { MaxDegreeOfParallelism = _workers, CancellationToken = cancel },
                place => samples[place] = Sample(place, (step * samples.Length) + place, cancel));
        }
        catch (Exception e)
        {
            foreach (var sample in samples) sample?.Pair?.Dispose();
            // What several workers hit at the same time is reported once.
            if (e is AggregateException { InnerExceptions: [var first, ..] }) ExceptionDispatchInfo.Throw(first);
            throw;
        }

        return new RebuiltBatch(
            step, _run.Length.PlaceAfter(step).Epoch, samples!, StepPermutation.Of(_run.Settings.Seed, step, samples.Length));
    }

    /// <summary>Returns the whole frames of samples, for people to look at; null for those whose pair is missing.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="side">Side of the square into which each is squeezed, pixels.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public IReadOnlyList<WholeFrames?> WholeFrames(IReadOnlyList<RebuiltSample> samples, int side, CancellationToken cancel)
    {
        var frames = new WholeFrames?[samples.Count];
        Parallel.For(
            0, frames.Length, new ParallelOptions { MaxDegreeOfParallelism = _workers, CancellationToken = cancel },
            i => frames[i] = samples[i].Pair is null ? null : WholeFrames(samples[i].Plan, side, cancel));
        return frames;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var decoder in _idle) decoder.Dispose();
        _memory.Dispose();
    }

    private RebuiltSample Sample(int place, long sample, CancellationToken cancel)
    {
        var instead = new List<SkippedVideo>();
        SamplePlan? first = null;
        var (epoch, position) = _run.Length.PlaceOf(sample);
        foreach (var plan in SampleAttempts.Of(_run.Planner, epoch, position, id => DidWithout(id, sample, instead)))
        {
            first ??= plan;
            var (pair, fault, asScanned) = Decode(plan, cancel);
            if (fault is null) return new RebuiltSample(place, plan, pair!.Path, instead, null, pair);
            if (!FailedThen(fault, asScanned, sample)) return new RebuiltSample(place, plan, fault.Path, instead, fault.Message, null);
            instead.Add(new SkippedVideo(fault.Path, fault.Reason, fault.Message));
        }

        first ??= _run.Planner.Plan(epoch, position, 0);
        return new RebuiltSample(place, first, PathOf(first.VideoId), instead, "No usable video was left for this sample.", null);
    }

    private WholeFrames? WholeFrames(SamplePlan plan, int side, CancellationToken cancel)
    {
        try
        {
            var video = _library.Load(plan.VideoId);
            var box = new CropBox(0, 0, video.Width, video.Height);
            var whole = plan with { View = plan.View with { Box = box }, ViewPlus = plan.ViewPlus with { Box = box } };
            var (first, second) = (new byte[side * side * 3], new byte[side * side * 3]);
            return TryDecode(video, whole, side, first, second, out _, cancel)
                ? new WholeFrames(video.Width, video.Height, side, first, second)
                : null;
        }
        catch (VideoUnusableException)
        {
            return null; // gone within this second
        }
    }

    /// <summary>
    /// Returns whether a video that cannot be decoded now could not be decoded then either: the run recorded it, either before this
    /// sample's turn, or for a fault in a file that is still as it was scanned. Otherwise the step saw frames that are lost.
    /// </summary>
    private bool FailedThen(VideoUnusableException fault, bool asScanned, long sample) =>
        Noted(fault.Path) is { } noted
        && (noted <= sample || (
            asScanned && fault.Reason is UnusableReason.Corrupt or UnusableReason.TooShort or UnusableReason.NotAVideo));

    private bool DidWithout(long id, long sample, List<SkippedVideo> instead)
    {
        if (_run.Quarantined.Count == 0) return false;
        var path = PathOf(id);
        if (!_run.Quarantined.TryGetValue(path, out var video) || Noted(path) is not { } noted) return false;
        // The sample at which it failed did without it, whatever its state now; later samples did only if it was no longer even tried.
        if (noted != sample && !(video.LeftOut && noted < sample)) return false;
        instead.Add(new SkippedVideo(path, video.Reason, video.Message));
        return true;
    }

    /// <summary>Returns the sample at which the run recorded that a video cannot be decoded.</summary>
    private long? Noted(string path) =>
        _run.Quarantined.TryGetValue(path, out var video) ? ((long)video.Epoch! * _run.Length.Videos) + video.Position : null;

    private string PathOf(long id)
    {
        try
        {
            return _run.Catalog.Load(id, checkFile: false).Path;
        }
        catch (VideoUnusableException fault)
        {
            return fault.Path;
        }
    }

    private (FramePair? Pair, VideoUnusableException? Fault, bool AsScanned) Decode(SamplePlan plan, CancellationToken cancel)
    {
        VideoRecord video;
        try
        {
            video = _library.Load(plan.VideoId);
        }
        catch (VideoUnusableException fault)
        {
            return (null, fault, false);
        }

        var pair = _memory.Rent();
        try
        {
            pair.Plan = plan;
            pair.Path = video.Path;
            // As in the run: what makes a decoder crash is tried once more on another one.
            var size = _run.Settings.Data.CropSize;
            if (!TryDecode(video, plan, size, pair.First, pair.Second, out _, cancel) && !TryDecode(
                video, plan, size, pair.First, pair.Second, out var crash, cancel))
            {
                throw new VideoUnusableException(
                    video.Path, UnusableReason.Decoder, $"{video.Path} made the decoder fail: {crash!.Message}", crash);
            }

            return (pair, null, true);
        }
        catch (VideoUnusableException fault)
        {
            pair.Dispose();
            return (null, fault, true);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a decoder throws, it is given up and the video tried on another one.")]
    private bool TryDecode(
        VideoRecord video, SamplePlan plan, int size, Span<byte> first, Span<byte> second, out Exception? crash, CancellationToken cancel)
    {
        crash = null;
        if (!_idle.TryTake(out var decoder)) decoder = _decoder();
        try
        {
            decoder.Decode(video, plan, size, _run.Settings.Data.DecodeTimeout, first, second, cancel);
            _idle.Add(decoder);
            return true;
        }
        catch (Exception e) when (e is VideoUnusableException or OperationCanceledException)
        {
            _idle.Add(decoder);
            throw;
        }
        catch (Exception e)
        {
            decoder.Dispose();
            crash = e;
            return false;
        }
    }
}
