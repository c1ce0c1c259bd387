namespace CACL.Actors.Contracts;

/// <summary>
/// Shares of the training loop's time, 0 to 1. What is missing to 1 is bookkeeping between the parts. On a GPU forward is little and
/// backward much: see <see cref="Learning.Methods.StepClock"/>.
/// </summary>
/// <param name="Data">Waiting for a batch.</param>
/// <param name="Transfer">A batch's bytes to the device, and photometry.</param>
/// <param name="Forward">Both networks forward, and the losses.</param>
/// <param name="Backward">The gradient, and the wait for the device.</param>
/// <param name="Optimiser">Momentum update, LARS, queues.</param>
/// <param name="Snapshot">Copies of the state for checkpoints.</param>
public sealed record TimeShares(double Data, double Transfer, double Forward, double Backward, double Optimiser, double Snapshot)
{
    /// <summary>Each share under its name in metrics and in <c>/api/status</c>.</summary>
    public IEnumerable<(string Part, double Share)> Parts =>
    [
        ("data", Data), ("transfer", Transfer), ("forward", Forward), ("backward", Backward), ("optimiser", Optimiser),
        ("snapshot", Snapshot),
    ];
}

/// <summary>Where the time of the last steps went.</summary>
/// <param name="Steps">Steps that this rests on.</param>
/// <param name="Shares">Shares of the time.</param>
/// <param name="ComputeSeconds">Mean seconds a step, waiting for data left out.</param>
/// <param name="Pairs">Mean pairs a step.</param>
public sealed record StepTimeFigures(int Steps, TimeShares Shares, double ComputeSeconds, double Pairs);
