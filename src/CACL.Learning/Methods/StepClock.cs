using System.Diagnostics;

namespace CACL.Learning.Methods;

/// <summary>The parts of a training step whose times are measured separately.</summary>
public enum StepPart
{
    /// <summary>A batch's bytes to the training device, and their augmentation there.</summary>
    Transfer,

    /// <summary>The forward passes of both networks, and the losses.</summary>
    Forward,

    /// <summary>The gradient, and the wait for the device's numbers.</summary>
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
public readonly record struct StepTimes(double Transfer, double Forward, double Backward, double Optimiser)
{
    /// <summary>How much of it was exchanging tensors with other ranks; null where there are none, or where a card does that.</summary>
    public double? Exchange { get; init; }

    /// <summary>What the ranks took; null where there is one, or where a card exchanges.</summary>
    public RankTimes? Ranks { get; init; }
}

/// <summary>
/// Reads the host's clock between the parts of a step and does nothing else: it waits for no device, so a step is the same with it and
/// without it. On a CPU, each part's work is done when the part ends. A GPU works behind the host: there the parts are the time of handing
/// over the work, and backward includes the wait for the step's numbers, which takes place while the next step is handed over. Steps then
/// overlap: their lengths add up to the time that passed, the parts of a single one need not add up to its length.
/// </summary>
public sealed class StepClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<StepPart>().Length];
    private readonly Action? _settle;
    private long _since;

    /// <summary>Creates a clock that waits for nothing.</summary>
    public StepClock()
    {
    }

    /// <summary>Creates a clock for measurements, which waits for the device after each part and so makes a step on a GPU slower.</summary>
    /// <param name="settle">Waits for the device.</param>
    internal StepClock(Action settle) => _settle = settle;

    /// <summary>The times of the step since <see cref="Start"/> so far.</summary>
    public StepTimes Times =>
        new(Seconds(StepPart.Transfer), Seconds(StepPart.Forward), Seconds(StepPart.Backward), Seconds(StepPart.Optimiser));

    /// <summary>Starts the clock for a step.</summary>
    public void Start()
    {
        Array.Clear(_ticks);
        _since = Stopwatch.GetTimestamp();
    }

    /// <summary>Attributes the time since the last call to a part; a part may come more than once in a step.</summary>
    public void Ended(StepPart part)
    {
        _settle?.Invoke();
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)part] += now - _since;
        _since = now;
    }

    private double Seconds(StepPart part) => (double)_ticks[(int)part] / Stopwatch.Frequency;
}
