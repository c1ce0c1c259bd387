using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>Small pictures of the views on which a step is computed, before the spatial roll.</summary>
/// <param name="Side">Side of a picture, pixels.</param>
/// <param name="Pairs">Both views of each pair.</param>
public sealed record ViewThumbnails(int Side, IReadOnlyList<ThumbnailPair> Pairs)
{
    /// <summary>
    /// Makes thumbnails of the first pairs of a batch by averaging. Reads the views and changes nothing. Called on the thread that owns the
    /// run's tensors.
    /// </summary>
    /// <param name="views">B pairs of views, S×S; they stay the caller's.</param>
    /// <param name="most">Most pairs.</param>
    /// <param name="side">Largest side of a picture, pixels.</param>
    public static ViewThumbnails Of(Views views, int most, int side)
    {
        ArgumentNullException.ThrowIfNull(views);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        using var scope = NewDisposeScope();
        using var nothing = no_grad();
        var count = (int)Math.Min(most, views.View.shape[0]);
        var size = (int)Math.Min(side, views.View.shape[2]);
        var x = cat([views.View.narrow(0, 0, count), views.ViewPlus.narrow(0, 0, count)]).to(ScalarType.Float32);
        if (size < views.View.shape[2]) x = nn.functional.adaptive_avg_pool2d(x, [size, size]);
        var pictures = ViewPictures.Rgb(x, rolls: null);
        return new ViewThumbnails(size, [.. pictures.Take(count).Zip(pictures.Skip(count), (view, plus) => new ThumbnailPair(view, plus))]);
    }
}

/// <summary>Small pictures of a pair of views.</summary>
/// <param name="View">View v: rows of R, G, B, side·side·3 bytes.</param>
/// <param name="ViewPlus">View v₊, like <paramref name="View"/>.</param>
public sealed record ThumbnailPair(byte[] View, byte[] ViewPlus);
