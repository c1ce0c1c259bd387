namespace CACL.Runs.Evaluations;

/// <summary>The words for protocols and variants.</summary>
public static class EvaluationProtocols
{
    /// <summary>A linear classifier on frozen features.</summary>
    public const string Linear = "linear";

    /// <summary>The whole network, trained on few labels.</summary>
    public const string Limited = "limited";

    /// <summary>The protocol as the paper has it.</summary>
    public const string Full = "full";

    /// <summary>A shorter one, for use during training.</summary>
    public const string Quick = "quick";

    /// <summary>Share of the labelled images that the limited protocol takes where nothing else is said.</summary>
    public const double DefaultFraction = 0.01;
}
