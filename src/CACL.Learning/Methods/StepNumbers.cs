namespace CACL.Learning.Methods;

/// <summary>
/// The result of a step that has begun: on a processor it is known at once; on a card it comes to the host when the card gets there,
/// while the host prepares the next step. Used by the thread that trains.
/// </summary>
public sealed class StepNumbers
{
    private readonly Func<StepResult>? _wait;
    private StepResult? _result;

    /// <summary>Creates a result that is known.</summary>
    public StepNumbers(StepResult result) => _result = result;

    /// <summary>Creates a result that is to come.</summary>
    /// <param name="wait">Waits for it.</param>
    public StepNumbers(Func<StepResult> wait) => _wait = wait;

    /// <summary>Whether <see cref="Read"/> returns without waiting for a device.</summary>
    public bool IsKnown => _result is not null;

    /// <summary>Returns the result, after waiting for the device if necessary.</summary>
    public StepResult Read() => _result ??= _wait!();
}
