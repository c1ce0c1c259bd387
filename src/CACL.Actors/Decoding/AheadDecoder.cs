using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;

namespace CACL.Actors.Decoding;

/// <summary>
/// Decodes, with a pair, those that later epochs take of the same video (<see cref="DecodingAhead"/>). A pass that fails says nothing about
/// the pair that is asked for: it is then decoded by itself, and so are all further pairs of that video, so that each gets the verdict that
/// it would have got.
/// </summary>
/// <param name="inner">The decoder, which this one owns.</param>
/// <param name="ahead">Which pairs, and where they wait.</param>
internal sealed class AheadDecoder(IPairDecoder inner, DecodingAhead ahead) : IPairDecoder
{
    /// <summary>The share of a pair's time that a pass may take: the rest must do for the pair by itself.</summary>
    private const int PartOfTime = 5;

    private byte[] _pairs = [];

    /// <inheritdoc/>
    public void Decode(
        VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        if (ahead.After(video, plan) is { Count: > 0 } later && ahead.Begin(plan.VideoId)
            && TryTogether(video, [plan, .. later], size, deadline / PartOfTime, cancel))
        {
            _pairs.AsSpan(0, first.Length).CopyTo(first);
            _pairs.AsSpan(first.Length, second.Length).CopyTo(second);
            return;
        }

        inner.Decode(video, plan, size, deadline - TimeProvider.System.GetElapsedTime(began), first, second, cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private bool TryTogether(VideoRecord video, SamplePlan[] plans, int size, TimeSpan deadline, CancellationToken cancel)
    {
        var bytes = 2 * size * size * 3;
        if (_pairs.Length < bytes * plans.Length) _pairs = new byte[bytes * plans.Length];
        var pairs = _pairs.AsSpan(0, bytes * plans.Length);
        try
        {
            inner.DecodeTogether(video, plans, size, deadline, pairs, cancel);
        }
        catch (VideoUnusableException)
        {
            return false;
        }

        for (var i = 1; i < plans.Length; i++) ahead.Keep(plans[i], pairs.Slice(i * bytes, bytes));
        ahead.Succeeded(plans[0].VideoId);
        return true;
    }
}
