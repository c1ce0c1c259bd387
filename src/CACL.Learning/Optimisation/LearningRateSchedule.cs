namespace CACL.Learning.Optimisation;

/// <summary>The learning-rate schedule (METHOD.md §7): linear warm-up, then half a cosine down to 0. Pure.</summary>
/// <param name="Base">Highest learning rate; the paper's 1.0 is for a total batch of 512.</param>
/// <param name="TotalSteps">Total number of steps T.</param>
/// <param name="WarmupSteps">Number of warm-up steps W.</param>
public sealed record LearningRateSchedule(double Base, long TotalSteps, long WarmupSteps = 0)
{
    /// <summary>The batch size to which the paper's learning rate belongs: 16 GPUs × 32.</summary>
    public const int PaperBatch = 512;

    /// <summary>Returns a schedule whose learning rate is multiplied by batch/512.</summary>
    public LearningRateSchedule ScaledTo(int batch) => this with { Base = Base * batch / PaperBatch };

    /// <summary>Returns the learning rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        if (step < WarmupSteps) return Base * (step + 1) / WarmupSteps;
        return Base * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps)));
    }
}
