namespace CACL.Actors.Contracts;

/// <summary>
/// Shares of the training loop's time, 0 to 1. The remainder is bookkeeping between the parts. On a GPU the forward share is small and the
/// backward share large; <see cref="Learning.Methods.StepClock"/> says why.
/// </summary>
/// <param name="Data">Wait for a batch.</param>
/// <param name="Transfer">Copy of a batch to the device, and colour augmentation.</param>
/// <param name="Forward">Forward pass of both networks, and the losses.</param>
/// <param name="Backward">Backward pass, and the wait for the device.</param>
/// <param name="Optimiser">EMA update, LARS, negative queues.</param>
/// <param name="Snapshot">Snapshots of the state for checkpoints.</param>
public sealed record TimeShares(double Data, double Transfer, double Forward, double Backward, double Optimiser, double Snapshot)
{
    /// <summary>The shares by their names in metrics and in <c>/api/status</c>.</summary>
    public IEnumerable<(string Part, double Share)> Parts =>
    [
        ("data", Data), ("transfer", Transfer), ("forward", Forward), ("backward", Backward), ("optimiser", Optimiser),
        ("snapshot", Snapshot),
    ];
}

/// <summary>Where the time of the last steps went.</summary>
/// <param name="Steps">Number of steps that were measured.</param>
/// <param name="Shares">Shares of their time.</param>
/// <param name="ComputeSeconds">Mean time of a step in seconds, without the wait for data.</param>
/// <param name="Pairs">Mean number of pairs in a step.</param>
public sealed record StepTimeFigures(int Steps, TimeShares Shares, double ComputeSeconds, double Pairs);
