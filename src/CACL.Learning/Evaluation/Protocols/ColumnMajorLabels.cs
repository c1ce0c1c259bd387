using System.Numerics;
using CACL.Data.DataSets;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Labels of an image in column-major order, as <see cref="UpsampledCrossEntropy"/> reads them: pixel (x, y) is Values[x·Stride + y], and a
/// column is padded to whole vectors with ignored pixels.
/// </summary>
internal sealed class ColumnMajorLabels
{
    /// <summary>Copies a label map.</summary>
    public ColumnMajorLabels(LabelMap labels)
    {
        Height = labels.Height;
        Width = labels.Width;
        var vector = Vector<byte>.Count;
        Stride = (Height + vector - 1) / vector * vector;
        Values = new byte[(long)Width * Stride];
        Array.Fill(Values, LabelMap.Ignored);
        for (var y = 0; y < Height; y++)
        {
            var row = labels.Classes.AsSpan(y * Width, Width);
            for (var x = 0; x < Width; x++) Values[(x * Stride) + y] = row[x];
            Counted += Width - row.Count(LabelMap.Ignored);
        }
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Bytes of a column: the height, rounded up to whole vectors.</summary>
    public int Stride { get; }

    public byte[] Values { get; }

    /// <summary>Number of pixels that are not ignored.</summary>
    public long Counted { get; }
}
