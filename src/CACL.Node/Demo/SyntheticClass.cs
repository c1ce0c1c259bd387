namespace CACL.Node.Demo;

/// <summary>What a surface of a synthetic clip is made of: its pattern, never its colours. The number is the label's value.</summary>
internal enum SyntheticClass : byte
{
    Stripes = 0,
    Checks = 1,
    Dots = 2,
    Bricks = 3,
    Waves = 4,
    Rings = 5,
    Leaves = 6,
    Haze = 7,
}

/// <summary>Names and display colours, in the order of the labels.</summary>
internal static class SyntheticClasses
{
    /// <summary>Lines of classes.txt: a name and its colour.</summary>
    public static IReadOnlyList<string> Lines { get; } =
    [
        "stripes 224 64 64",
        "checks 224 192 64",
        "dots 64 160 224",
        "bricks 160 96 64",
        "waves 64 96 192",
        "rings 160 64 192",
        "leaves 64 160 64",
        "haze 160 176 192",
    ];
}
