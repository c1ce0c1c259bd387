using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// The four operations of colour jitter (METHOD.md §2) on float RGB [n,3,S,S] in [0, 1], each with a factor per sample [n,1,1,1], in
/// torchvision's float arithmetic. They change x in place and are called inside a dispose scope.
/// </summary>
internal static class ColourJitter
{
    /// <summary>x ← clamp(f·x).</summary>
    public static void Brightness(Tensor x, Tensor factor) => x.mul_(factor).clamp_(0, 1);

    /// <summary>x ← clamp(f·x + (1−f)·mean(grey(x))), the mean taken over a sample.</summary>
    public static void Contrast(Tensor x, Tensor factor, Tensor rest) =>
        Blend(x, factor, Grey(x).mean([1, 2, 3], keepdim: true).mul_(rest));

    /// <summary>x ← clamp(f·x + (1−f)·grey(x)).</summary>
    public static void Saturation(Tensor x, Tensor factor, Tensor rest) => Blend(x, factor, Grey(x).mul_(rest));

    /// <summary>
    /// Shifts the hue: RGB→HSV, h ← (h + shift) mod 1, HSV→RGB, without going through s. With c the spread of the three channels and h in
    /// sixths of a turn, a channel is v − c·clamp(min(k, 4−k), 0, 1) where k = (n + h) mod 6 and n = 5, 3, 1 for R, G, B.
    /// </summary>
    public static void Hue(Tensor x, Tensor shift)
    {
        var (r, g, b) = (x.select(1, 0), x.select(1, 1), x.select(1, 2));
        var v = x.amax([1]);
        var c = v.sub(x.amin([1]));
        var isR = v.eq(r);
        var isG = v.eq(g);
        var h = where(isR, g.sub(b), where(isG, b.sub(r), r.sub(g)));
        // For a grey pixel c and every difference are 0: any divisor but 0 gives h = 0, as in torchvision.
        h.div_(c.clamp_min(1e-30));
        h.add_(where(isR, zeros([], x.dtype, x.device), where(isG, full([], 2, x.dtype, x.device), full([], 4, x.dtype, x.device))));
        var places = tensor(new float[] { 5, 3, 1 }, x.dtype, x.device).view(1, 3, 1, 1);
        var k = h.unsqueeze(1).add(places).add_(shift.mul(6)).remainder_(6);
        var share = minimum(k, k.neg().add_(4)).clamp_(0, 1);
        x.copy_(share.mul_(c.unsqueeze(1)).neg_().add_(v.unsqueeze(1)));
    }

    /// <summary>Returns 0.2989 R + 0.587 G + 0.114 B, [n,1,S,S].</summary>
    public static Tensor Grey(Tensor x) =>
        x.narrow(1, 0, 1).mul(0.2989).add_(x.narrow(1, 1, 1), 0.587).add_(x.narrow(1, 2, 1), 0.114);

    private static void Blend(Tensor x, Tensor factor, Tensor other) => x.mul_(factor).add_(other).clamp_(0, 1);
}
