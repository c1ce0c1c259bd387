using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>Converts views to pictures for people: what a network was given, with METHOD.md §2's normalisation undone.</summary>
public static class ViewPictures
{
    /// <summary>Returns the pictures of a batch of views.</summary>
    /// <param name="views">[B,3,S,S], normalised; they stay the caller's.</param>
    /// <param name="rolls">The roll of each view: views are shown rolled, as the network sees them (equation 7). Null: as they were
    /// before.</param>
    /// <returns>B pictures of S·S·3 bytes, rows of R, G, B.</returns>
    public static IReadOnlyList<byte[]> Rgb(Tensor views, Roll[]? rolls)
    {
        ArgumentNullException.ThrowIfNull(views);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = rolls is null ? views : SpatialRoll.Apply(views, rolls);
        var mean = tensor(BatchAugmentation.Mean, device: x.device).view(1, 3, 1, 1);
        var deviation = tensor(BatchAugmentation.Deviation, device: x.device).view(1, 3, 1, 1);
        var bytes = x.mul(deviation).add_(mean).mul_(255).round_().clamp_(0, 255).to(uint8).permute(0, 2, 3, 1).contiguous().cpu();
        return [.. Enumerable.Range(0, (int)bytes.shape[0]).Select(i => bytes[i].bytes.ToArray())];
    }
}
