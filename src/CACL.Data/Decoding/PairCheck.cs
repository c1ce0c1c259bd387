using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding;

/// <summary>What every decoder checks before it touches the file.</summary>
internal static class PairCheck
{
    /// <summary>Frames, boxes and memory of a pair.</summary>
    /// <exception cref="ArgumentException">They contradict each other.</exception>
    /// <exception cref="VideoUnusableException">The video has no such frames.</exception>
    public static void Require(VideoRecord video, SamplePlan plan, int size, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        ArgumentNullException.ThrowIfNull(video);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var bytes = checked(size * size * 3);
        if (first.Length != bytes || second.Length != bytes)
            throw new ArgumentException(
                $"A crop of side {size} takes {bytes} bytes, not {first.Length} and {second.Length}.", nameof(first));
        RequireBox(video, plan.View.Box);
        RequireBox(video, plan.ViewPlus.Box);
        RequireFrames(video, plan.Frame, plan.Stride);
    }

    /// <summary>Frames, boxes and memory of several pairs of one video.</summary>
    /// <inheritdoc cref="Require(VideoRecord, SamplePlan, int, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static void Require(VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, Span<byte> pairs)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ArgumentOutOfRangeException.ThrowIfZero(plans.Count, nameof(plans));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var bytes = checked(2 * size * size * 3 * plans.Count);
        if (pairs.Length != bytes)
            throw new ArgumentException($"{plans.Count} pairs of side {size} take {bytes} bytes, not {pairs.Length}.", nameof(pairs));
        var views = new PairViews(pairs, size);
        for (var plan = 0; plan < plans.Count; plan++) Require(video, plans[plan], size, views.First(plan), views.Second(plan));
    }

    /// <summary>The frames alone.</summary>
    /// <inheritdoc cref="Require(VideoRecord, SamplePlan, int, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static void RequireFrames(VideoRecord video, int frame, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfNegative(stride);
        var last = (long)frame + stride;
        if (last < video.Frames.Count) return;
        throw new VideoUnusableException(
            video.Path, UnusableReason.TooShort, $"{video.Path} has {video.Frames.Count} frames; frame {last} was asked for.");
    }

    /// <summary>Returns the exception for a video that has no frame, or for a still image that is not whole.</summary>
    public static VideoUnusableException NoFrame(string path) => new(
        path, UnusableReason.Corrupt, VideoFileTypes.IsStill(path) ? NotWhole(path) : $"No frame of {path} can be decoded.");

    /// <summary>Returns the exception for a video of which fewer frames can be decoded than the catalogue says.</summary>
    /// <param name="video">The video's record.</param>
    /// <param name="frames">How many frames can be decoded.</param>
    /// <param name="says">What the decoder says about it, as a sentence, or nothing.</param>
    public static VideoUnusableException TooFewFrames(VideoRecord video, int frames, string says = "")
    {
        var what = video.IsStill
            ? NotWhole(video.Path)
            : $"Only {frames} frames of {video.Path} can be decoded where the catalogue says {video.Frames.Count}; the file is damaged, or "
                + "changed since it was scanned.";
        return new(video.Path, UnusableReason.Corrupt, $"{what} {says}".TrimEnd());
    }

    private static string NotWhole(string path) =>
        $"The image {path} cannot be decoded whole: it is damaged or cut short. Copy or download it again.";

    private static void RequireBox(VideoRecord video, CropBox box)
    {
        if (box.X < 0 || box.Y < 0 || box.Width < 1 || box.Height < 1 || box.X + box.Width > video.Width
            || box.Y + box.Height > video.Height)
            throw new ArgumentException($"The box {box} does not lie within the {video.Width}×{video.Height} frame of {video.Path}.");
    }
}
