using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Runs.Steps;

namespace CACL.Actors.Decoding;

/// <summary>
/// Decodes the pairs of several epochs in one pass through a video. Most of a pair's time goes into the pictures between the key frame
/// before it and its frames, and pairs of one video share them. A video's epochs are in blocks: the first visit of a block decodes the
/// pairs of all its visits, and the later ones wait on the disk (<see cref="KeptPairs"/>). Videos begin their blocks in different epochs,
/// so that all epochs take equally long. Which pairs a run trains on, and their bytes, are the same as without: a pair is a function of its
/// plan. Thread-safe.
/// </summary>
internal sealed class DecodingAhead : IDisposable
{
    private readonly RunLength _length;
    private readonly IVideoLibrary _library;
    private readonly FramePairPool _memory;
    private readonly KeptPairs _kept;
    private readonly Action<string> _gaveUp;
    private readonly HashSet<long> _alone = []; // videos of which no pass succeeded, or is underway
    private volatile bool _over;

    private DecodingAhead(
        SamplePlanner planner, RunLength length, IVideoLibrary library, FramePairPool memory, KeptPairs kept, int epochs,
        Action<string> gaveUp)
    {
        (Planner, _length, _library, _memory, _kept, Epochs, _gaveUp) = (planner, length, library, memory, kept, epochs, gaveUp);
    }

    /// <summary>Plans the samples of the run, as far ahead as is decoded.</summary>
    public SamplePlanner Planner { get; }

    /// <summary>Number of epochs in a block.</summary>
    public int Epochs { get; }

    /// <summary>Starts to decode ahead, if that is asked for and there is room.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="videos">The run's videos.</param>
    /// <param name="length">The run's length.</param>
    /// <param name="library">The run's videos.</param>
    /// <param name="memory">Memory of pairs.</param>
    /// <param name="gaveUp">Called, once, if decoding ahead ends before the run does, with the reason; on any thread.</param>
    /// <returns>Null: it is off, or less than two epochs have room.</returns>
    public static DecodingAhead? Start(
        RunOptions options, IReadOnlyList<VideoShape> videos, RunLength length, IVideoLibrary library, FramePairPool memory,
        Action<string> gaveUp)
    {
        // Of several ranks, each has other samples, and rarely the same video again soon.
        var epochs = options.Share.Ranks > 1 ? 1 : MostEpochs(options, videos.Count, memory.BytesPerPair);
        if (epochs < 2 || length.TotalSteps * options.BatchSize <= videos.Count) return null;
        try
        {
            var kept = new KeptPairs(options.Directory, memory.BytesPerPair, options.AheadSpace);
            return new DecodingAhead(
                new SamplePlanner(options.Sampling, videos, epochs), length, library, memory, kept, epochs, gaveUp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            gaveUp(e.Message);
            return null;
        }
    }

    /// <summary>
    /// Returns how many epochs a block may have so that the pairs that wait have room: on average each video has half a block's.
    /// </summary>
    public static int MostEpochs(RunOptions options, int videos, long bytesPerPair)
    {
        var pairsAVideo = options.AheadSpace / bytesPerPair / (double)Math.Max(1, videos);
        return (int)Math.Clamp(1 + Math.Floor(2 * pairsAVideo), 1, options.AheadEpochs);
    }

    /// <summary>Returns the plans of later epochs that are to be decoded in the same pass as a plan; none if that brings nothing.</summary>
    public IReadOnlyList<SamplePlan> After(VideoRecord video, SamplePlan plan)
    {
        // Of a prepared file, and of a still image, the way to a frame is short.
        if (_over || plan.Attempt > 0 || video.Prepared is not null || video.IsStill) return [];
        var left = LeftInBlock(Planner.VideoAt(plan.Epoch, plan.Position), plan.Epoch);
        var last = _length.TotalSteps * _length.BatchSize;
        return
        [
            .. Planner.LaterVisits(plan.Epoch, plan.Position, left)
                .Where(later => Sample(later) < last && ShareTheWay(video, plan, later) && _kept.Wants(Sample(later))),
        ];
    }

    /// <summary>Begins a pass through a video. Returns false if an earlier one failed, or is not over.</summary>
    public bool Begin(long video)
    {
        lock (_alone) return !_over && _alone.Add(video);
    }

    /// <summary>Reports that a pass went well. Without it the video's pairs are decoded one by one from then on.</summary>
    public void Succeeded(long video)
    {
        lock (_alone) _alone.Remove(video);
    }

    /// <summary>Keeps a pair for its epoch.</summary>
    public void Keep(SamplePlan plan, ReadOnlySpan<byte> pair)
    {
        try
        {
            if (!_over) _kept.TryKeep(Sample(plan), pair);
        }
        catch (IOException e)
        {
            GiveUp($"the disk takes no more pairs ({e.Message})");
        }
    }

    /// <summary>Returns the pair of a sample if it was decoded ahead; the caller owns it. To be asked of each sample, in order.</summary>
    public Task<FramePair?> TakeAsync(long sample) =>
        _over || !_kept.Ask(sample) ? Task.FromResult<FramePair?>(null) : Task.Run(() => Take(sample));

    private FramePair? Take(long sample)
    {
        var pair = _memory.Rent();
        try
        {
            if (_kept.TryTake(sample, pair.Both))
            {
                var (epoch, position) = _length.PlaceOf(sample);
                pair.Plan = Planner.Plan(epoch, position, attempt: 0);
                pair.Path = _library.PathOf(pair.Plan.VideoId);
                return pair;
            }
        }
        catch (IOException e)
        {
            GiveUp($"the disk does not return the pairs ({e.Message})");
        }

        pair.Dispose();
        return null;
    }

    /// <summary>Gives up the pairs that wait, and the space that they take.</summary>
    /// <param name="why">The reason, a clause.</param>
    public void GiveUp(string why)
    {
        lock (_alone)
        {
            if (_over) return;
            Dispose();
        }

        _gaveUp(why);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over = true;
        _kept.Dispose();
    }

    /// <summary>Returns how many epochs of a video's block follow.</summary>
    private int LeftInBlock(int video, int epoch) => Epochs - 1 - (int)(((long)video + epoch) % Epochs);

    private long Sample(SamplePlan plan) => ((long)plan.Epoch * _length.Videos) + plan.Position;

    private static bool ShareTheWay(VideoRecord video, SamplePlan plan, SamplePlan later) =>
        video.CountedBy != CountedBy.Packets || !video.Frames.Seekable
            || video.Frames.KeyFrameBefore(plan.Frame) == video.Frames.KeyFrameBefore(later.Frame);
}
