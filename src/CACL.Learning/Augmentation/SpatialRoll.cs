using CACL.Learning.Runtime;
using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Equation 7, which the paper calls pixel shuffle: a view is rolled cyclically along both axes before the network, and its feature map
/// is rolled back after it, so that padding marks no place. It has nothing to do with PyTorch's PixelShuffle, which rearranges channels.
/// Rolling a whole batch and permuting its samples is a single reordering of rows; a row holds the channels of one position.
/// </summary>
internal static class SpatialRoll
{
    /// <summary>Rows of <see cref="Tables"/>.</summary>
    internal const int TableRows = 9;

    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Augmentation/spatial_roll"));

    /// <summary>
    /// Returns the tables [9,B], row-major, by which a batch is rolled, permuted and put back: for the way in, the way back and the way
    /// back's gradient the source sample and the roll of each sample.
    /// </summary>
    /// <param name="rolls">(a, b) of each sample, before the permutation; null: no roll.</param>
    /// <param name="permutation">The place i gets sample permutation[i].</param>
    /// <param name="stride">How many pixels apart the positions of a map are.</param>
    public static long[] Tables(Roll[]? rolls, int[] permutation, int stride = 8)
    {
        var identity = Enumerable.Range(0, permutation.Length).ToArray();
        var inverse = (int[])identity.Clone();
        Array.Sort((int[])permutation.Clone(), inverse);
        Roll Scaled(int sample, int sign) =>
            rolls is null ? default : new Roll(sign * rolls[sample].Y / stride, sign * rolls[sample].X / stride);
        return
        [
            .. Table(permutation, sample => rolls?[sample] ?? default, permutation),
            .. Table(inverse, sample => Scaled(sample, -1), identity),
            .. Table(permutation, sample => Scaled(sample, 1), permutation),
        ];
    }

    /// <summary>
    /// Rolls views and permutes samples: x [B,C,H,W] → out[i,:,y,x] = x[s,:,(y+a_s) mod H,(x+b_s) mod W] with s the permutation's i,
    /// channels-last. Without gradient.
    /// </summary>
    /// <param name="x">Views.</param>
    /// <param name="tables">See <see cref="Tables"/>; on the views' device.</param>
    public static Tensor Apply(Tensor x, Tensor tables) => Script.Value.Call("roll", x, tables);

    /// <summary>Does the same with tables that it makes; without a permutation the samples keep their order.</summary>
    public static Tensor Apply(Tensor x, Roll[]? rolls, int[]? permutation = null)
    {
        using var scope = NewDisposeScope();
        return Apply(x, TablesFor(x, rolls, permutation, stride: 8)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Undoes <see cref="Apply(Tensor, Tensor)"/> on a feature map [B,C,h,w]. Returns rows [B·h·w,C], sample-major, in the samples'
    /// original order. With gradient.
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="tables">See <see cref="Tables"/>; on the map's device.</param>
    public static Tensor InvertToRows(Tensor map, Tensor tables)
    {
        if (!map.requires_grad) return Script.Value.Call("roll_rows", map, tables);
        using var scope = NewDisposeScope();
        var (there, back) = Script.Value.CallForTwo("there_and_back", tables, map.shape[2], map.shape[3]);
        return RowOrder.apply(Rows(map), there, back).MoveToOuterDisposeScope();
    }

    /// <summary>Does the same with tables that it makes.</summary>
    public static Tensor InvertToRows(Tensor map, Roll[]? rolls, int[]? permutation = null, int stride = 8)
    {
        using var scope = NewDisposeScope();
        return InvertToRows(map, TablesFor(map, rolls, permutation, stride)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns a map's rows [B·h·w,C] in their own order. With gradient.</summary>
    public static Tensor Rows(Tensor map) => Script.Value.Call("rows_of", map);

    private static Tensor TablesFor(Tensor x, Roll[]? rolls, int[]? permutation, int stride)
    {
        var batch = (int)x.shape[0];
        return tensor(Tables(rolls, permutation ?? [.. Enumerable.Range(0, batch)], stride), [TableRows, batch], device: x.device);
    }

    // The source samples, then both parts of the roll, which is that of a sample given by `of`.
    private static long[] Table(int[] sources, Func<int, Roll> roll, int[] of)
    {
        Roll[] rolls = [.. of.Select(roll)];
        return [.. sources, .. rolls.Select(r => r.Y), .. rolls.Select(r => r.X)];
    }

    // The gradient of a reordering is the reverse reordering; autograd's own would add rows to zeros one by one.
    private sealed class RowOrder : autograd.SingleTensorFunction<RowOrder>
    {
        public override string Name => nameof(RowOrder);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_for_backward([(Tensor)vars[2]]);
            return ((Tensor)vars[0]).index_select(0, (Tensor)vars[1]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var back = ctx.get_saved_variables()[0];
            return [grad_output.index_select(0, back), null!, null!];
        }
    }
}
