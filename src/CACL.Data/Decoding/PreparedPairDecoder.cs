using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding;

/// <summary>
/// Decodes pairs from the prepared file of a video where its record names one. If that file cannot be decoded, the pair comes from the
/// source: a fault of the copy says nothing about the video.
/// </summary>
/// <param name="inner">The decoder, which this one owns.</param>
/// <param name="files">Says once that a prepared file was of no use.</param>
public sealed class PreparedPairDecoder(IPairDecoder inner, PreparedFiles files) : IPairDecoder
{
    /// <inheritdoc/>
    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(video);
        if (video.Prepared is not { } prepared)
        {
            inner.Decode(video, plan, size, deadline, first, second, cancel);
            return;
        }

        var began = TimeProvider.System.GetTimestamp();
        try
        {
            inner.Decode(prepared, plan, size, deadline, first, second, cancel);
        }
        catch (VideoUnusableException fault) when (fault.Reason == UnusableReason.Deadline)
        {
            // No time is left for the source; the video is known by its path.
            throw new VideoUnusableException(video.Path, fault.Reason, fault.Message, fault);
        }
        catch (VideoUnusableException fault)
        {
            files.Lost(video.Path, fault.Message);
            inner.Decode(video, plan, size, deadline - TimeProvider.System.GetElapsedTime(began), first, second, cancel);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Of a prepared file each pair by itself: the way from its key frame is short.</remarks>
    public void DecodeTogether(
        VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, Span<byte> pairs, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(video);
        if (video.Prepared is null) inner.DecodeTogether(video, plans, size, deadline, pairs, cancel);
        else OneByOne.Decode(this, video, plans, size, deadline, pairs, cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
