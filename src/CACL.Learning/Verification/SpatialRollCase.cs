using CACL.Learning.Augmentation;

namespace CACL.Learning.Verification;

/// <summary>§3, equation 7: views are rolled, maps rolled back.</summary>
internal static class SpatialRollCase
{
    public static void Check(GoldenFile golden, GoldenCheck check)
    {
        var rolls = golden.Rolls("shifts");
        var (x, f) = (golden.Tensor("x"), golden.Tensor("f"));
        check.Exact("x_rolled", SpatialRoll.Apply(x, rolls));
        var stride = (int)(x.shape[2] / f.shape[2]);
        var rows = SpatialRoll.InvertToRows(f, rolls, permutation: null, stride);
        check.Exact("f_rolled_back", rows.view(f.shape[0], f.shape[2], f.shape[3], f.shape[1]).permute(0, 3, 1, 2));
    }
}
