using static TorchSharp.torch;

namespace CACL.Learning.Augmentation;

/// <summary>
/// Equation 7, which the paper calls pixel shuffle: a view is rolled cyclically along both axes before the network, and its feature map
/// is rolled back after it, so that padding marks no place. It has nothing to do with PyTorch's PixelShuffle, which rearranges channels.
/// Rolling a whole batch and permuting its samples is a single reordering of rows; a row holds the channels of one position.
/// </summary>
internal static class SpatialRoll
{
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
        var (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var samples = permutation ?? [.. Enumerable.Range(0, (int)batch)];
        var index = RowIndex(samples, [.. samples.Select(s => rolls?[s] ?? default)], height, width, x.device);
        return x.permute(0, 2, 3, 1).reshape(-1, channels).index_select(0, index)
            .view(batch, height, width, channels).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Undoes <see cref="Apply"/> on a feature map [B,C,h,w] whose positions are <paramref name="stride"/> pixels apart. Returns rows
    /// [B·h·w,C], sample-major, in the samples' original order. With gradient.
    /// </summary>
    public static Tensor InvertToRows(Tensor map, Roll[]? rolls, int[]? permutation = null, int stride = 8)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, height, width) = (map.shape[0], map.shape[1], map.shape[2], map.shape[3]);
        var rows = map.permute(0, 2, 3, 1).reshape(-1, channels);
        if (rolls is null && permutation is null) return rows.MoveToOuterDisposeScope();

        var identity = Enumerable.Range(0, (int)batch).ToArray();
        var (order, inverse) = (permutation ?? identity, (int[])identity.Clone());
        Array.Sort((int[])order.Clone(), inverse);
        Roll Scaled(int sample, int sign) =>
            rolls is null ? default : new Roll(sign * rolls[sample].Y / stride, sign * rolls[sample].X / stride);
        var there = RowIndex(inverse, [.. identity.Select(s => Scaled(s, -1))], height, width, map.device);
        if (!rows.requires_grad) return rows.index_select(0, there).MoveToOuterDisposeScope();

        var back = RowIndex(order, [.. order.Select(s => Scaled(s, 1))], height, width, map.device);
        return RowOrder.apply(rows, there, back).MoveToOuterDisposeScope();
    }

    // The source row of each row of the result: sample samples[i], position ((y + a_i) mod H, (x + b_i) mod W).
    private static Tensor RowIndex(int[] samples, Roll[] rolls, long height, long width, Device device)
    {
        Tensor Column(IEnumerable<int> values) => tensor(values.Select(value => (long)value).ToArray(), int64).to(device).unsqueeze(1);
        var y = (arange(height, int64, device).unsqueeze(0) + Column(rolls.Select(roll => roll.Y))).remainder_(height);
        var x = (arange(width, int64, device).unsqueeze(0) + Column(rolls.Select(roll => roll.X))).remainder_(width);
        y.add_(Column(samples).mul_(height)).mul_(width);
        return (y.unsqueeze(2) + x.unsqueeze(1)).flatten();
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
