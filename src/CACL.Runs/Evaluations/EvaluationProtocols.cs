namespace CACL.Runs.Evaluations;

/// <summary>The names of protocols and variants.</summary>
public static class EvaluationProtocols
{
    /// <summary>A linear classifier on frozen features.</summary>
    public const string Linear = "linear";

    /// <summary>The whole network, trained on few labels.</summary>
    public const string Limited = "limited";

    /// <summary>The paper's protocol.</summary>
    public const string Full = "full";

    /// <summary>A shorter protocol, for use during training.</summary>
    public const string Quick = "quick";

    /// <summary>Share of the labelled images that the limited protocol uses unless told otherwise.</summary>
    public const double DefaultFraction = 0.01;
}
