using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding;

/// <summary>A request for two crops of one video.</summary>
/// <param name="Video">The catalogue's record.</param>
/// <param name="Frame">Index n of the first frame, in presentation order.</param>
/// <param name="Stride">The second frame is n + stride. 0: both crops are of frame n.</param>
/// <param name="Box">The region of the first displayed frame, and of both where <see cref="BoxPlus"/> names no other.</param>
/// <param name="Size">Side S of the resized crops, pixels.</param>
/// <param name="Deadline">How long decoding may take altogether.</param>
public sealed record PairRequest(VideoRecord Video, int Frame, int Stride, CropBox Box, int Size, TimeSpan Deadline)
{
    /// <summary>The region of the second displayed frame; null: the first one's.</summary>
    public CropBox? BoxPlus { get; init; }

    /// <summary>The region of the second displayed frame.</summary>
    internal CropBox SecondBox => BoxPlus ?? Box;

    /// <summary>Whether both crops are the same pixels, so that one is a copy of the other.</summary>
    internal bool IsOneCrop => Stride == 0 && SecondBox == Box;

    /// <summary>Returns the request for the crops of a plan.</summary>
    /// <param name="video">The record of the plan's video.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="size">Side S of the resized crops, pixels.</param>
    /// <param name="deadline">How long decoding may take altogether.</param>
    public static PairRequest Of(VideoRecord video, SamplePlan plan, int size, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new PairRequest(video, plan.Frame, plan.Stride, plan.View.Box, size, deadline) { BoxPlus = plan.ViewPlus.Box };
    }

    /// <summary>Checks what every decoder must check before it touches the file.</summary>
    /// <exception cref="ArgumentException">The request contradicts itself or the memory it is to be written to.</exception>
    /// <exception cref="VideoUnusableException">The video does not have these frames.</exception>
    internal void Check(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Size);
        var bytes = checked(Size * Size * 3);
        if (first.Length != bytes || second.Length != bytes)
            throw new ArgumentException(
                $"A crop of side {Size} takes {bytes} bytes, not {first.Length} and {second.Length}.", nameof(first));
        Check(Box);
        Check(SecondBox);
        CheckFrames();
    }

    /// <summary>Does the part of the check that concerns the frames.</summary>
    internal void CheckFrames()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Frame);
        ArgumentOutOfRangeException.ThrowIfNegative(Stride);
        var last = (long)Frame + Stride;
        if (last < Video.Frames.Count) return;
        throw new VideoUnusableException(
            Video.Path, UnusableReason.TooShort, $"{Video.Path} has {Video.Frames.Count} frames; frame {last} was asked for.");
    }

    private void Check(CropBox box)
    {
        if (box.X < 0 || box.Y < 0 || box.Width < 1 || box.Height < 1 || box.X + box.Width > Video.Width
            || box.Y + box.Height > Video.Height)
            throw new ArgumentException($"The box {box} does not lie within the {Video.Width}×{Video.Height} frame of {Video.Path}.");
    }
}

/// <summary>Decodes pairs of frames exactly. Not thread-safe: each worker has its own decoder.</summary>
public interface IPairDecoder : IDisposable
{
    /// <summary>
    /// Writes the crops of frames n and n + stride as a sequential decode would return them, oriented for display and resized by an
    /// antialiased bilinear filter.
    /// </summary>
    /// <param name="request">What to decode.</param>
    /// <param name="first">S·S·3 bytes, rows of R, G, B.</param>
    /// <param name="second">S·S·3 bytes, rows of R, G, B.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The video cannot serve the request; the reason says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    void Decode(PairRequest request, Span<byte> first, Span<byte> second, CancellationToken cancel);
}
