namespace CACL.Data.Sampling;

/// <summary>
/// Plans samples (METHOD.md §1): a plan is a pure function of (seed, epoch, position, attempt) over a fixed sequence of videos, so a run is
/// the same whatever the number of decoders and wherever it is resumed. Thread-safe.
/// </summary>
public sealed class SamplePlanner
{
    private readonly SamplingOptions _options;
    private readonly IReadOnlyList<VideoShape> _usable;
    private readonly int _cells;

    // Only a cache, the newest first: an epoch's order is a function of (seed, epoch).
    private readonly int _mostOrders;
    private volatile EpochOrder[] _orders = [];

    /// <summary>Creates a planner over the given videos.</summary>
    /// <param name="options">The settings that decide a plan.</param>
    /// <param name="usable">The videos in a fixed order (the catalogue's: by path), each with at least stride + 1 frames.</param>
    /// <param name="epochsAhead">How many epochs <see cref="LaterVisits"/> will be asked to look ahead.</param>
    /// <exception cref="ArgumentException">A setting is out of range, there is no video, or one is too short for the stride.</exception>
    public SamplePlanner(SamplingOptions options, IReadOnlyList<VideoShape> usable, int epochsAhead = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(usable);
        Check(options);
        if (usable.Count == 0) throw new ArgumentException("There is no usable video to sample from.", nameof(usable));
        foreach (var video in usable) Check(video, options.Stride);
        _options = options;
        _usable = usable;
        _mostOrders = 2 + epochsAhead; // a stream that runs ahead needs two epochs at their border
        _cells = options.CropSize / 8 * (options.CropSize / 8);
    }

    /// <summary>Number of samples in an epoch, which is the number of usable videos.</summary>
    public int Count => _usable.Count;

    /// <summary>Returns the plan for one position of an epoch.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="position">In [0, <see cref="Count"/>).</param>
    /// <param name="attempt">0: the video that the epoch's order names. k: the k-th replacement, a video that no attempt before it took, as
    /// long as there is one; after that they come round again with other frames.</param>
    public SamplePlan Plan(int epoch, int position, int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Count);

        var video = _usable[VideoAt(epoch, position, attempt)];
        CounterRandom Stream(DrawPurpose purpose) => new(_options.Seed, epoch, position, attempt, purpose);

        var frames = Stream(DrawPurpose.Frame);
        var boxes = Stream(DrawPurpose.Box);
        var flips = Stream(DrawPurpose.Flip);
        var colours = Stream(DrawPurpose.ColourAugmentation);
        var coloursPlus = Stream(DrawPurpose.ColourAugmentationPlus);
        var pixels = Stream(DrawPurpose.EnqueuePixels);

        var colour = RandomColourAugmentation.Draw(ref colours, _options.Colours);
        var colourPlus = _options.SharedColourAugmentation ? colour : RandomColourAugmentation.Draw(ref coloursPlus, _options.ColoursPlus);
        // With the same box and flip, a position of one view is the same position of the other.
        var (box, flip) = (Box(video, boxes), flips.Chance(_options.FlipProbability));
        var (boxPlus, flipPlus) = _options.SeparateViews
            ? (Box(video, Stream(DrawPurpose.BoxPlus)), Stream(DrawPurpose.FlipPlus).Chance(_options.FlipProbability))
            : (box, flip);
        return new SamplePlan(
            epoch,
            position,
            attempt,
            video.Id,
            Frame: frames.Below(video.Frames - _options.Stride),
            _options.Stride,
            View(box, flip, colour, Stream(DrawPurpose.Roll)),
            View(boxPlus, flipPlus, colourPlus, Stream(DrawPurpose.RollPlus)),
            pixels.Distinct(_options.EnqueuePixels, _cells));
    }

    /// <summary>
    /// Returns the plans by which the next epochs visit the video of this position, unless it turns out to be undecodable: first that of
    /// the next epoch.
    /// </summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="position">In [0, <see cref="Count"/>).</param>
    /// <param name="epochs">How many epochs.</param>
    public IEnumerable<SamplePlan> LaterVisits(int epoch, int position, int epochs)
    {
        var video = OrderOf(epoch)[position];
        return Enumerable.Range(epoch + 1, epochs).Select(later => Plan(later, OrderOf(later).PositionOf(video), attempt: 0));
    }

    /// <summary>Returns the place, in the sequence of usable videos, of the video that an epoch visits at a position.</summary>
    public int VideoAt(int epoch, int position) => OrderOf(epoch)[position];

    private CropBox Box(VideoShape video, CounterRandom random) =>
        RandomResizedCrop.Draw(ref random, video.Width, video.Height, _options.CropAreaMin, _options.CropAreaMax);

    private int VideoAt(int epoch, int position, int attempt)
    {
        var first = OrderOf(epoch)[position];
        var place = attempt % Count;
        if (place == 0) return first;
        // The replacements are the other videos in random order; a longer draw begins with the shorter one.
        var random = new CounterRandom(_options.Seed, epoch, position, attempt: 0, DrawPurpose.Replacement);
        var other = random.Distinct(place, Count - 1)[place - 1];
        return other < first ? other : other + 1;
    }

    private EpochOrder OrderOf(int epoch)
    {
        var known = _orders;
        if (Array.Find(known, order => order.Epoch == epoch) is { } found) return found;
        var made = new EpochOrder(_options.Seed, epoch, Count);
        _orders = [made, .. known.Take(_mostOrders - 1)];
        return made;
    }

    private ViewPlan View(CropBox box, bool flip, ColourAugmentation augmentation, CounterRandom rolls)
    {
        if (!_options.SpatialRoll) return new ViewPlan(box, flip, augmentation, 0, 0);
        var side = _options.CropSize / 8;
        var rollY = 8 * rolls.Below(side);
        return new ViewPlan(box, flip, augmentation, rollY, 8 * rolls.Below(side));
    }

    private static void Check(SamplingOptions options)
    {
        if (options.CropSize < 8 || options.CropSize % 8 != 0)
            throw new ArgumentException($"The crop size is {options.CropSize}; it must be a positive multiple of 8.", nameof(options));
        if (options.Stride < 0) throw new ArgumentException($"The stride is {options.Stride}; it must be 0 or more.", nameof(options));
        if (!(options.CropAreaMin > 0 && options.CropAreaMin <= options.CropAreaMax && options.CropAreaMax <= 1))
        {
            throw new ArgumentException(
                $"Crops cover {options.CropAreaMin} to {options.CropAreaMax} of a frame; it must be 0 < min ≤ max ≤ 1.", nameof(options));
        }

        if (!(options.FlipProbability is >= 0 and <= 1))
            throw new ArgumentException($"The flip probability is {options.FlipProbability}; it must be in [0, 1].", nameof(options));
        var cells = options.CropSize / 8 * (options.CropSize / 8);
        if (options.EnqueuePixels < 0 || options.EnqueuePixels > cells)
        {
            throw new ArgumentException(
                $"{options.EnqueuePixels} pixels a frame are to enter the queues; a crop of {options.CropSize} has {cells} positions.",
                nameof(options));
        }
    }

    private static void Check(VideoShape video, int stride)
    {
        if (video.Frames < (long)stride + 1)
        {
            throw new ArgumentException(
                $"Video {video.Id} has {video.Frames} frames; stride {stride} needs at least {stride + 1L}. Leave it out of the usable "
                    + "videos.",
                nameof(video));
        }

        if (video.Width < 1 || video.Height < 1)
            throw new ArgumentException(
                $"Video {video.Id} has the size {video.Width}×{video.Height}; both must be positive.", nameof(video));
    }
}
