using CACL.Data.Catalog;

namespace CACL.Data.Preparation;

/// <summary>What a prepared file must have in common with its source.</summary>
internal static class PreparedCheck
{
    /// <summary>Returns what is wrong with a prepared file, or null: its frames are the source's, one by one, at the same times.</summary>
    /// <param name="source">The source.</param>
    /// <param name="prepared">What a prober says about the prepared file.</param>
    /// <param name="format">How it was to be made.</param>
    internal static string? Fault(VideoRecord source, VideoRecord prepared, PreparationFormat format)
    {
        if (prepared.Frames.Count != source.Frames.Count)
            return $"it has {prepared.Frames.Count} frames where the source has {source.Frames.Count}";
        if (prepared.Codec != format.CodecName) return $"its codec is {prepared.Codec}";
        if (prepared.Orientation != default) return "it names an orientation that its pictures already have";
        var size = format.SizeOf(source.Width, source.Height);
        if ((prepared.Width, prepared.Height) != size)
            return $"its pictures are {prepared.Width}×{prepared.Height} where {size.Width}×{size.Height} was meant";
        if (prepared.Frames.Count > 1 && !prepared.Frames.Seekable) return "its frames cannot be found by their times";
        return source.Frames.Seekable && !SameTimes(source.Frames, prepared.Frames)
            ? "its frames have other times than the source's"
            : null;
    }

    private static bool SameTimes(FrameIndex source, FrameIndex prepared)
    {
        var ours = (Int128)source.TimeBaseNumerator * prepared.TimeBaseDenominator;
        var theirs = (Int128)prepared.TimeBaseNumerator * source.TimeBaseDenominator;
        for (var frame = 1; frame < source.Count; frame++)
        {
            if ((source.Times[frame] - (Int128)source.Times[0]) * ours != (prepared.Times[frame] - (Int128)prepared.Times[0]) * theirs)
                return false;
        }

        return true;
    }
}
