namespace CACL.Node.Demo;

/// <summary>What can be seen in a synthetic clip. The number is the label's value.</summary>
internal enum SyntheticClass : byte
{
    Ground = 0,
    Sky = 1,
    Ball = 2,
    Crate = 3,
    Tree = 4,
    Ring = 5,
}

/// <summary>Names and display colours, in the order of the labels.</summary>
internal static class SyntheticClasses
{
    /// <summary>Lines of classes.txt: a name and its colour.</summary>
    public static IReadOnlyList<string> Lines { get; } =
    [
        "ground 128 96 64",
        "sky 96 160 224",
        "ball 224 64 64",
        "crate 224 192 64",
        "tree 64 160 64",
        "ring 160 64 192",
    ];
}
