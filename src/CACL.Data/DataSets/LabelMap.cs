namespace CACL.Data.DataSets;

/// <summary>The class of every pixel: row-major, one byte per pixel, 255 for an ignored one.</summary>
public sealed class LabelMap
{
    /// <summary>Marks a pixel that is ignored in training and in scores.</summary>
    public const byte Ignored = 255;

    /// <summary>Creates a label map that takes over the given classes.</summary>
    /// <exception cref="ArgumentException">There are not width·height bytes.</exception>
    public LabelMap(int width, int height, byte[] classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.LongLength != (long)width * height)
            throw new ArgumentException($"{classes.Length} bytes are not {width}×{height} pixels.", nameof(classes));
        Width = width;
        Height = height;
        Classes = classes;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Width·Height bytes: an index into the data set's classes, or <see cref="Ignored"/>.</summary>
    public byte[] Classes { get; }
}
