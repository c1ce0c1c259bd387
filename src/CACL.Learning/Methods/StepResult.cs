namespace CACL.Learning.Methods;

/// <summary>What one training step reports. A loss whose head is off is null.</summary>
/// <param name="Loss">Weighted sum of the losses.</param>
/// <param name="Global">Equation 3, nats.</param>
/// <param name="Pixel">Equation 4, nats.</param>
/// <param name="Cycle">Equation 6 or the soft cycle, nats.</param>
/// <param name="Top1Global">Share of frames whose positive beats all K negatives.</param>
/// <param name="CycleBack">Share of pixels whose likeliest return is themselves.</param>
/// <param name="LearningRate">The rate this step used.</param>
public sealed record StepResult(
    double Loss,
    double? Global,
    double? Pixel,
    double? Cycle,
    double? Top1Global,
    double? CycleBack,
    double LearningRate)
{
    /// <summary>Whether every loss is a finite number.</summary>
    public bool IsFinite => double.IsFinite(Loss)
        && double.IsFinite(Global ?? 0) && double.IsFinite(Pixel ?? 0) && double.IsFinite(Cycle ?? 0);
}
