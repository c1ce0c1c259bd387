using CACL.Data.Catalog;
using CACL.Data.Sampling;

namespace CACL.Data.Decoding;

/// <summary>Several pairs of a video, each decoded by itself, where nothing would be gained by one pass.</summary>
internal static class OneByOne
{
    /// <inheritdoc cref="IPairDecoder.DecodeTogether"/>
    public static void Decode(
        IPairDecoder decoder, VideoRecord video, IReadOnlyList<SamplePlan> plans, int size, TimeSpan deadline, Span<byte> pairs,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var views = new PairViews(pairs, size);
        var began = TimeProvider.System.GetTimestamp();
        for (var plan = 0; plan < plans.Count; plan++)
        {
            var left = deadline - TimeProvider.System.GetElapsedTime(began);
            decoder.Decode(video, plans[plan], size, left, views.First(plan), views.Second(plan), cancel);
        }
    }
}
