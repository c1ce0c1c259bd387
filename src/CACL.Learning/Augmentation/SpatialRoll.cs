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
    private static readonly Lazy<TorchScript> Script = new(() => TorchScript.Load("Augmentation/spatial_roll"));

    /// <summary>
    /// Rolls views and permutes samples: x [B,C,H,W] → out[i,:,y,x] = x[s,:,(y+a_s) mod H,(x+b_s) mod W] with s = <paramref
    /// name="permutation"/>[i] (or i), channels-last. Without gradient.
    /// </summary>
    /// <param name="x">Views.</param>
    /// <param name="rolls">(a, b) of each sample, before the permutation; null: no roll.</param>
    /// <param name="permutation">Order of the samples; null: unchanged.</param>
    public static Tensor Apply(Tensor x, Roll[]? rolls, int[]? permutation = null)
    {
        using var scope = NewDisposeScope();
        var samples = permutation ?? [.. Enumerable.Range(0, (int)x.shape[0])];
        var table = Table(samples, [.. samples.Select(s => rolls?[s] ?? default)], x.device);
        return Script.Value.Call("roll", x, table).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Undoes <see cref="Apply"/> on a feature map [B,C,h,w] whose positions are <paramref name="stride"/> pixels apart. Returns rows
    /// [B·h·w,C], sample-major, in the samples' original order. With gradient.
    /// </summary>
    public static Tensor InvertToRows(Tensor map, Roll[]? rolls, int[]? permutation = null, int stride = 8)
    {
        using var scope = NewDisposeScope();
        if (rolls is null && permutation is null) return Script.Value.Call("rows_of", map).MoveToOuterDisposeScope();

        var identity = Enumerable.Range(0, (int)map.shape[0]).ToArray();
        var (order, inverse) = (permutation ?? identity, (int[])identity.Clone());
        Array.Sort((int[])order.Clone(), inverse);
        Roll Scaled(int sample, int sign) =>
            rolls is null ? default : new Roll(sign * rolls[sample].Y / stride, sign * rolls[sample].X / stride);
        var thereTable = Table(inverse, [.. identity.Select(s => Scaled(s, -1))], map.device);
        if (!map.requires_grad) return Script.Value.Call("roll_rows", map, thereTable).MoveToOuterDisposeScope();

        var (height, width) = ((int)map.shape[2], (int)map.shape[3]);
        var there = Script.Value.Call("row_index", thereTable, height, width);
        var back = Script.Value.Call("row_index", Table(order, [.. order.Select(s => Scaled(s, 1))], map.device), height, width);
        return RowOrder.apply(Script.Value.Call("rows_of", map), there, back).MoveToOuterDisposeScope();
    }

    // Of each sample of the result the source sample and its roll, [3,B], in one upload.
    private static Tensor Table(int[] samples, Roll[] rolls, Device device)
    {
        long[] table = [.. samples, .. rolls.Select(roll => roll.Y), .. rolls.Select(roll => roll.X)];
        return tensor(table, [3, samples.Length], device: device);
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
