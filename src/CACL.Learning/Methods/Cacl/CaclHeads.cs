using CACL.Learning.Networks;

namespace CACL.Learning.Methods.Cacl;

/// <summary>A subset of the three heads.</summary>
[Flags]
public enum Heads
{
    /// <summary>No head: the bare backbone.</summary>
    None = 0,

    /// <summary>u: the frame's vector and the correspondence of pixels (equation 3).</summary>
    Global = 1,

    /// <summary>p: pixels against the queue (equation 4).</summary>
    Pixel = 2,

    /// <summary>c: there and back (equations 5 and 6).</summary>
    Cycle = 4,

    /// <summary>All three, which is CACL.</summary>
    All = Global | Pixel | Cycle,
}

/// <summary>The three heads by name, in the order of the paper.</summary>
public static class CaclHeads
{
    /// <summary>Width D of a head's output [P].</summary>
    public const int Width = 128;

    /// <summary>Names of all three heads.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Each(Heads.All).Select(NameOf)];

    /// <summary>Returns the heads that are on in <paramref name="heads"/>.</summary>
    public static IEnumerable<Heads> Each(Heads heads) =>
        new[] { Heads.Global, Heads.Pixel, Heads.Cycle }.Where(head => heads.HasFlag(head));

    /// <summary>Returns the name of a head: <c>global</c>, <c>pixel</c> or <c>cycle</c>.</summary>
    /// <exception cref="ArgumentException">There is no head or more than one.</exception>
    public static string NameOf(Heads head) => head switch
    {
        Heads.Global => "global",
        Heads.Pixel => "pixel",
        Heads.Cycle => "cycle",
        _ => throw new ArgumentException($"{head} is not one head.", nameof(head)),
    };

    /// <summary>Returns the head with a name, or null if there is none.</summary>
    public static Heads? Find(string name) =>
        Each(Heads.All).Where(head => NameOf(head) == name).Select(head => (Heads?)head).FirstOrDefault();

    /// <summary>
    /// Returns the specification of a head on a backbone (METHOD.md §4): it has as many hidden channels as the backbone's output.
    /// </summary>
    public static HeadSpec Spec(Heads head, Backbone backbone) => new(NameOf(head), NetworkShapes.Channels(backbone), Width);

    /// <summary>Returns the specifications of the heads that are on.</summary>
    public static IReadOnlyList<HeadSpec> Specs(Heads heads, Backbone backbone) => [.. Each(heads).Select(head => Spec(head, backbone))];
}
