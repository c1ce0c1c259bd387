using System.Numerics;
using CACL.Data.DataSets;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>
/// Labels of an image column by column, as <see cref="UpsampledCrossEntropy"/> reads them: pixel (x, y) is Values[x·Stride + y], and a
/// column is filled up to whole vectors with pixels that are left out.
/// </summary>
internal sealed class ColumnMajorLabels
{
    /// <summary>Takes a copy of a label map.</summary>
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

    /// <summary>Pixels that are not left out.</summary>
    public long Counted { get; }
}
