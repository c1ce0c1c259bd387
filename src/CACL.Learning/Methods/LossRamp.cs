namespace CACL.Learning.Methods;

/// <summary>When a loss begins to count, and over how long its weight grows from 0 to its own.</summary>
/// <param name="Begin">How long it does not count; 0: it counts from the first step.</param>
/// <param name="Growth">How long it grows after that; 0: it has its whole weight at once.</param>
public readonly record struct LossRamp(RunSpan Begin, RunSpan Growth)
{
    /// <summary>Returns the share of its weight that the loss has in a step, from 0 to 1.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="stepsPerEpoch">Steps per epoch, a fraction in general.</param>
    public double ShareAt(long step, double stepsPerEpoch)
    {
        var since = step - Begin.StepsAt(stepsPerEpoch);
        if (since < 0) return 0;
        var growth = Growth.StepsAt(stepsPerEpoch);
        return since + 1 >= growth ? 1 : (since + 1) / growth;
    }
}
