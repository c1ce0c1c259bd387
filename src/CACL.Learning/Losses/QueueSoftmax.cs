using static TorchSharp.torch;

namespace CACL.Learning.Losses;

/// <summary>
/// Computes, in tiles, what the losses need of the softmax of many rows over a long queue: the rows × K logits never exist at once. Without
/// autograd.
/// </summary>
internal static class QueueSoftmax
{
    // A tile of this many logits stays in the processor's cache between the operations on it.
    private const int TileColumns = 1024;
    private const int TileRows = 2048;

    // e^±80 is well within float32: above this temperature, the logits of unit vectors need no subtraction of their maximum.
    private const double SafeExponent = 80;

    /// <summary>
    /// Returns for each row r of <paramref name="rows"/> [R,D] (unit vectors) the logarithm [R] of Σ_k exp(r·q_k/τ) over the queue [K,D],
    /// and, if requested, Σ_k exp(r·q_k/τ)·q_k divided by that sum, [R,D].
    /// </summary>
    public static (Tensor LogSum, Tensor? Mean) Sweep(Tensor rows, Tensor queue, double temperature, bool withMean)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (count, width) = (rows.shape[0], rows.shape[1]);
        var sum = zeros([count, 1], rows.dtype, rows.device);
        var mean = withMean ? zeros([count, width], rows.dtype, rows.device) : null;
        var shift = 1 / temperature > SafeExponent ? LargestLogit(rows, queue, temperature) : null;
        ForEachTile(rows, queue, temperature, (row, length, logits, columns) =>
        {
            if (shift is not null) logits.sub_(shift.narrow(0, row, length));
            logits.exp_();
            sum.narrow(0, row, length).add_(logits.sum(1, keepdim: true));
            mean?.narrow(0, row, length).addmm_(logits, columns, 1, 1);
        });
        mean?.div_(sum);
        sum.log_();
        if (shift is not null) sum.add_(shift);
        return (sum.squeeze(1).MoveToOuterDisposeScope(), mean?.MoveToOuterDisposeScope());
    }

    private static Tensor LargestLogit(Tensor rows, Tensor queue, double temperature)
    {
        var largest = full([rows.shape[0], 1], float.NegativeInfinity, rows.dtype, rows.device);
        ForEachTile(rows, queue, temperature, (row, length, logits, _) =>
        {
            var seen = largest.narrow(0, row, length);
            seen.copy_(seen.maximum(logits.amax([1], keepdim: true)));
        });
        return largest;
    }

    private static void ForEachTile(Tensor rows, Tensor queue, double temperature, Action<long, long, Tensor, Tensor> visit)
    {
        var (count, size) = (rows.shape[0], queue.shape[0]);
        using var scaled = rows.div(temperature);
        using var buffer = empty([Math.Min(count, TileRows) * Math.Min(size, TileColumns)], rows.dtype, rows.device);
        for (var row = 0L; row < count; row += TileRows)
        {
            var length = Math.Min(TileRows, count - row);
            for (var column = 0L; column < size; column += TileColumns)
            {
                using var scope = NewDisposeScope();
                var width = Math.Min(TileColumns, size - column);
                var columns = queue.narrow(0, column, width);
                var logits = buffer.narrow(0, 0, length * width).view(length, width);
                logits.addmm_(scaled.narrow(0, row, length), columns.t(), 0, 1);
                visit(row, length, logits, columns);
            }
        }
    }
}
