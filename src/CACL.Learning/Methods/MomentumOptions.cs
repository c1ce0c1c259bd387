using CACL.Learning.Networks;

namespace CACL.Learning.Methods;

/// <summary>Settings of a method with a key network.</summary>
public abstract record MomentumOptions : MethodOptions
{
    /// <summary>EMA weight m of the key network: key ← m·key + (1 − m)·query.</summary>
    public double EmaWeight { get; init; } = 0.999;

    /// <summary>Whether m grows from <see cref="EmaWeight"/> to 1 over the run, along half a cosine, as in BYOL.</summary>
    public bool EmaWeightGrows { get; init; }

    /// <summary>The heads of the key network: the first of the online network's.</summary>
    public virtual IReadOnlyList<HeadSpec> KeyHeadSpecs => HeadSpecs;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (!(EmaWeight >= 0 && EmaWeight <= 1)) yield return $"The key network's momentum is {EmaWeight}: it must be between 0 and 1.";
    }

    /// <summary>Returns m at this share of the run's steps, from 0 to 1.</summary>
    internal double EmaWeightAt(double progress) =>
        EmaWeightGrows ? 1 - ((1 - EmaWeight) * (Math.Cos(Math.PI * progress) + 1) / 2) : EmaWeight;
}
