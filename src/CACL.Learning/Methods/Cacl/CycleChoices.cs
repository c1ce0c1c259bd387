namespace CACL.Learning.Methods.Cacl;

/// <summary>What a pixel's way to the other frame and back must lead to.</summary>
public enum CycleTarget
{
    /// <summary>To itself (equation 6).</summary>
    Hard,

    /// <summary>To where the global head's attention leads from the first frame to the second: softmax(u·u₊ᵀ/τ), the soft cycle.</summary>
    Soft,

    /// <summary>To where the global head's attention leads within the first frame: softmax(u·uᵀ/τ).</summary>
    SoftSelf,

    /// <summary>To where the attention of the backbone's features, before any head, leads from the first frame to the second.</summary>
    Features,

    /// <summary>To where the attention of the backbone's features, before any head, leads within the first frame.</summary>
    FeaturesSelf,
}

/// <summary>The frames whose pixels the cycle loss moves.</summary>
public enum CycleGradient
{
    /// <summary>The first frame's; the second frame's come from the key network and are constants.</summary>
    FirstFrame,

    /// <summary>Both frames': the query network sees the second frame, too, and the cycle's c₊ is its own.</summary>
    BothFrames,
}
