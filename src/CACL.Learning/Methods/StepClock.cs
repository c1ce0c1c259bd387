using System.Diagnostics;

namespace CACL.Learning.Methods;

/// <summary>The parts of a training step whose time is told apart.</summary>
public enum StepPart
{
    /// <summary>A batch's bytes to the training device, and their augmentation there.</summary>
    Transfer,

    /// <summary>Both networks forward, and the losses.</summary>
    Forward,

    /// <summary>The gradient, and the step's one wait for the device.</summary>
    Backward,

    /// <summary>The EMA update of the key network, LARS and the queues.</summary>
    Optimiser,
}

/// <summary>
/// Seconds that the parts of one step took by the host's clock; see <see cref="StepClock"/> for what that means on a GPU.
/// </summary>
/// <param name="Transfer">See <see cref="StepPart.Transfer"/>.</param>
/// <param name="Forward">See <see cref="StepPart.Forward"/>.</param>
/// <param name="Backward">See <see cref="StepPart.Backward"/>.</param>
/// <param name="Optimiser">See <see cref="StepPart.Optimiser"/>.</param>
public readonly record struct StepTimes(double Transfer, double Forward, double Backward, double Optimiser);

/// <summary>
/// Reads the host's clock between the parts of a step and does nothing else: it waits for no device, so a step with it is the step
/// without it. On a processor each part's work is done when the part ends. A GPU works behind the host: there forward and optimiser are
/// the time to hand the work over, backward ends with the losses on the host and so holds what the GPU needed for both networks, and
/// the copy of the next batch waits for the optimiser's work of the step before. The sum is true in either case.
/// </summary>
public sealed class StepClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<StepPart>().Length];
    private long _since;

    /// <summary>What the step since <see cref="Start"/> has taken so far.</summary>
    public StepTimes Times =>
        new(Seconds(StepPart.Transfer), Seconds(StepPart.Forward), Seconds(StepPart.Backward), Seconds(StepPart.Optimiser));

    /// <summary>A step begins.</summary>
    public void Start()
    {
        Array.Clear(_ticks);
        _since = Stopwatch.GetTimestamp();
    }

    /// <summary>What was done since the last call was this part's; a part may come more than once in a step.</summary>
    public void Ended(StepPart part)
    {
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)part] += now - _since;
        _since = now;
    }

    private double Seconds(StepPart part) => (double)_ticks[(int)part] / Stopwatch.Frequency;
}
