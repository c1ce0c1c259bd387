using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding;

/// <summary>Decodes pairs of frames exactly. Not thread-safe: one decoder a worker.</summary>
public interface IPairDecoder : IDisposable
{
    /// <summary>
    /// Writes the crops of a plan, of frame n by its first view's box and of frame n + stride by its second view's, as a sequential decode
    /// would return them, turned and mirrored as they are to be displayed, resized by an antialiased bilinear filter.
    /// </summary>
    /// <param name="video">The catalogue's record of the plan's video.</param>
    /// <param name="plan">Frames and boxes; the rest of it is for others.</param>
    /// <param name="size">Side S of the resized crops, pixels.</param>
    /// <param name="deadline">How long decoding may take altogether.</param>
    /// <param name="first">S·S·3 bytes, rows of R, G, B.</param>
    /// <param name="second">S·S·3 bytes, rows of R, G, B.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The video cannot serve the request; the reason says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel);

    /// <summary>
    /// Writes the crops of several plans of one video, the same as <see cref="Decode"/> writes: all of them, or it throws. Decoders that
    /// can pass through the video once for all plans do.
    /// </summary>
    /// <param name="video">The catalogue's record of the plans' video.</param>
    /// <param name="plans">The plans, in any order, at least one.</param>
    /// <param name="size">Side S of the resized crops, pixels.</param>
    /// <param name="deadline">How long decoding may take altogether.</param>
    /// <param name="pairs">For each plan 2·S·S·3 bytes: its first crop, then its second one.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="VideoUnusableException">The video cannot serve one of the plans.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    void DecodeTogether(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, Span<byte> pairs, CancellationToken cancel) =>
        OneByOne.Decode(this, video, plans, size, deadline, pairs, cancel);
}
