namespace CACL.Learning.Networks;

/// <summary>Padding of the backbone's 3×3 and 7×7 convolutions (METHOD.md §3).</summary>
public enum Padding
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>Reflected borders.</summary>
    Reflect,
}
