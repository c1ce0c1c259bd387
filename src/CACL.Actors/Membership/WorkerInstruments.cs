using System.Diagnostics.Metrics;
using CACL.Actors.Telemetry;

namespace CACL.Actors.Membership;

/// <summary>The metrics of workers elsewhere, one series for each that is there; those that have left are not told of any more.</summary>
public static class WorkerInstruments
{
    /// <summary>Creates the instruments.</summary>
    /// <param name="run">The run's instruments, to whose meter they belong.</param>
    /// <param name="workers">Returns the workers at a moment, without waiting.</param>
    public static void Create(RunInstruments run, Func<IReadOnlyList<WorkerStatus>> workers)
    {
        ArgumentNullException.ThrowIfNull(run);
        var meter = run.Meter;
        meter.CreateObservableGauge(
            "cacl.workers", () => workers().GroupBy(worker => worker.Role, StringComparer.Ordinal)
                .Select(role => new Measurement<int>(role.Count(), Label("role", role.Key))),
            null, "Workers elsewhere, by role: decoder or evaluator.");
        Counter("cacl.worker.pairs", null, "Frame pairs that a worker elsewhere has decoded.", worker => worker.Pairs);
        Counter("cacl.worker.evaluations", null, "Evaluations that a worker elsewhere has made.", worker => worker.Evaluated);
        Counter(
            "cacl.worker.handed_back", null, "Plans and evaluations that a worker elsewhere has handed back.", worker => worker.HandedBack);
        Counter("cacl.worker.bytes", "By", "Bytes of pairs that came from a worker elsewhere, or of checkpoints that it fetched.",
            worker => worker.Bytes);

        void Counter(string name, string? unit, string description, Func<WorkerStatus, long> figure) => meter.CreateObservableCounter(
            name, () => workers().Select(worker => new Measurement<long>(figure(worker), Label("worker", worker.Name))), unit, description);
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
