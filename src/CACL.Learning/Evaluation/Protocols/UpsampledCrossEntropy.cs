using System.Numerics;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Cross-entropy of bilinearly upsampled logits and its gradient with respect to the coarse ones (METHOD.md §8), without any tensor of the
/// label's size: logits are upsampled along columns first, then along rows a few pixels at a time, and each pixel's gradient goes straight
/// back. Every sum has a fixed order that does not depend on the number of threads.
/// </summary>
/// <remarks>Not thread-safe: it keeps its working memory from call to call.</remarks>
internal sealed class UpsampledCrossEntropy
{
    private static readonly int Lanes = Vector<float>.Count;
    private static readonly int Block = Vector<byte>.Count;

    private readonly ParallelOptions _parallel;
    private readonly Dictionary<(int, int), BilinearTaps> _taps = [];
    private float[] _columns = [];
    private double[] _losses = [];

    /// <summary>Creates an instance that uses at most this many threads.</summary>
    public UpsampledCrossEntropy(int threads) => _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };

    /// <summary>Replaces logits by the gradient of scale × loss, and returns the loss.</summary>
    /// <param name="logits">classes × height × width, row-major; overwritten.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="height">Rows of the coarse map.</param>
    /// <param name="width">Columns of the coarse map.</param>
    /// <param name="labels">Labels in full size.</param>
    /// <param name="mirrored">Whether the logits are those of the image mirrored left to right.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <returns>Sum of the cross-entropy over the counted pixels, in nats, not scaled.</returns>
    public double Backward(float[] logits, int classes, int height, int width, ColumnMajorLabels labels, bool mirrored, float scale)
    {
        var (rows, columns) = (Taps(height, labels.Height), Taps(width, labels.Width));
        var size = (long)classes * width * labels.Stride;
        if (size > Array.MaxLength)
            throw new ArgumentException(
                $"{classes} classes of {width} columns of {labels.Height} pixels do not fit one array.", nameof(labels));
        if (_columns.Length < size) _columns = new float[size];
        var blocks = labels.Stride / Block;
        if (_losses.Length < blocks) _losses = new double[blocks];

        For(classes, k => UpsampleColumns(logits, k, height, width, rows, labels.Stride));
        For(blocks, b => _losses[b] = Pixels(b, classes, width, columns, labels, mirrored, scale));
        For(classes, k => DownsampleColumns(logits, k, height, width, rows, labels.Stride));
        var loss = 0.0;
        for (var b = 0; b < blocks; b++) loss += _losses[b];
        return loss;
    }

    // logits[k, i, j] → columns[k, j, y].
    private void UpsampleColumns(float[] logits, int k, int height, int width, BilinearTaps rows, int stride)
    {
        var fine = rows.Weight.Length;
        for (var j = 0; j < width; j++)
        {
            var column = _columns.AsSpan(((k * width) + j) * stride, stride);
            for (var i = 0; i < height; i++)
            {
                var near = logits[(((k * height) + i) * width) + j];
                var step = i + 1 < height ? logits[(((k * height) + i + 1) * width) + j] - near : 0;
                for (var y = rows.First[i]; y < rows.First[i + 1]; y++) column[y] = near + (rows.Weight[y] * step);
            }

            column[fine..].Clear();
        }
    }

    // The same in the other direction, for gradients.
    private void DownsampleColumns(float[] logits, int k, int height, int width, BilinearTaps rows, int stride)
    {
        for (var j = 0; j < width; j++)
        {
            var column = _columns.AsSpan(((k * width) + j) * stride, stride);
            var carried = 0f;
            for (var i = 0; i < height; i++)
            {
                var (here, next) = (carried, 0f);
                for (var y = rows.First[i]; y < rows.First[i + 1]; y++)
                {
                    var far = rows.Weight[y] * column[y];
                    here += column[y] - far;
                    next += far;
                }

                logits[(((k * height) + i) * width) + j] = here;
                carried = next;
            }
        }
    }

    /// <summary>
    /// Handles all pixels of some rows: upsamples along the row, computes the softmax, and writes the gradient back into columns[k, j, y]
    /// in place.
    /// </summary>
    private double Pixels(int block, int classes, int width, BilinearTaps taps, ColumnMajorLabels labels, bool mirrored, float scale)
    {
        var stride = labels.Stride;
        var scratch = new PixelVectors(
            stackalloc float[classes * Block], stackalloc float[classes * Block], stackalloc float[classes * Lanes], classes, scale);
        Span<float> carried = stackalloc float[classes * Block];
        carried.Clear();
        var loss = 0.0;
        for (var j = 0; j < width; j++)
        {
            var here = ((j * stride) + (block * Block), classStride: width * stride);
            var near = _columns.AsSpan(here.Item1);
            var far = _columns.AsSpan((Math.Min(j + 1, width - 1) * stride) + (block * Block));
            carried.CopyTo(scratch.Near);
            scratch.Far.Clear();
            for (var x = taps.First[j]; x < taps.First[j + 1]; x++)
            {
                var column = mirrored ? labels.Width - 1 - x : x;
                loss += scratch.Add(
                    near, far, here.classStride, taps.Weight[x], labels.Values.AsSpan((column * stride) + (block * Block), Block));
            }

            // The gradient of this column, from its left neighbour's pixels and its own, is complete; its logits are not needed again.
            for (var k = 0; k < classes; k++) scratch.Near.Slice(k * Block, Block).CopyTo(near[(k * here.classStride)..]);
            scratch.Far.CopyTo(carried);
        }

        return loss;
    }

    private BilinearTaps Taps(int coarse, int fine)
    {
        if (_taps.TryGetValue((coarse, fine), out var taps)) return taps;
        // Data sets have few image sizes; one with thousands must not keep all of them.
        if (_taps.Count >= 256) _taps.Clear();
        return _taps[(coarse, fine)] = new BilinearTaps(coarse, fine);
    }

    private void For(int count, Action<int> body)
    {
        if (_parallel.MaxDegreeOfParallelism != 1)
        {
            Parallel.For(0, count, _parallel, body);
            return;
        }

        for (var i = 0; i < count; i++) body(i);
    }
}
