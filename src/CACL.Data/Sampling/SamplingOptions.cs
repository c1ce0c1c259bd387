namespace CACL.Data.Sampling;

/// <summary>Settings of METHOD.md §1 to §3 that decide what a sample plan holds. Defaults are the method's.</summary>
public sealed record SamplingOptions
{
    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Distance between the two frames of a pair; 0 for still images.</summary>
    public int Stride { get; init; } = 8;

    /// <summary>Side S of a crop, pixels; a multiple of 8.</summary>
    public int CropSize { get; init; } = 224;

    /// <summary>Smallest share of the frame's area that a crop covers.</summary>
    public double CropAreaMin { get; init; } = 0.2;

    /// <summary>Largest share of the frame's area that a crop covers.</summary>
    public double CropAreaMax { get; init; } = 1.0;

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>
    /// Whether each view has a box and a flip of its own, as in methods that match no positions or find the matches themselves. If not, a
    /// position of one view is the same position of the other.
    /// </summary>
    public bool SeparateViews { get; init; }

    /// <summary>Ranges of the colour augmentation of view v.</summary>
    public ColourRanges Colours { get; init; } = new();

    /// <summary>Ranges of the colour augmentation of view v₊.</summary>
    public ColourRanges ColoursPlus { get; init; } = new();

    /// <summary>Whether both views share one colour augmentation instead of drawing one each.</summary>
    public bool SharedColourAugmentation { get; init; }

    /// <summary>Whether views are rolled (METHOD.md §3). If not, every roll is 0.</summary>
    public bool SpatialRoll { get; init; } = true;

    /// <summary>Pixels of a frame that enter the pixel and cycle queues; at most (S/8)².</summary>
    public int EnqueuePixels { get; init; } = 16;
}
