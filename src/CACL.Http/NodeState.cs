using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Http.Probes;
using CACL.Http.Supervision;
using CACL.Learning.Augmentation;
using CACL.Learning.Methods;
using CACL.Runs.Folder;
using CACL.Runs.Status;
using CACL.Runs.Steps;
using OpenTelemetry.Metrics;

namespace CACL.Http;

/// <summary>What the HTTP endpoints know of the run. Written by the training's side without ever waiting, read by requests.</summary>
public sealed class NodeState(RunFolder folder, SupervisionEvents? supervision = null)
{
    private volatile Started? _started;
    private volatile StepMetrics? _last;

    /// <summary>The run's folder.</summary>
    public RunFolder Folder { get; } = folder;

    /// <summary>Says how healthy the run is; null: probes are not answered.</summary>
    public Health? Health { get; init; }

    /// <summary>The figures that a scrape reads; null: there is no /metrics.</summary>
    public MeterProvider? Meters { get; init; }

    /// <summary>The method that trains.</summary>
    public required MethodDescription Method { get; init; }

    /// <summary>Tells this start of the run from any other; no secret.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The run; null before it has begun.</summary>
    public TrainingRun? Run => _started?.Run;

    /// <summary>Its length; null before it has begun.</summary>
    public RunLength? Length => _started?.Length;

    /// <summary>What it was started with; null before it has begun.</summary>
    public RunOptions? Options => _started?.Options;

    /// <summary>Decisions of supervisors.</summary>
    public SupervisionEvents Supervision { get; } = supervision ?? new SupervisionEvents();

    /// <summary>The last step's figures.</summary>
    public StepMetrics? Last => _last;

    /// <summary>What its evaluations found last.</summary>
    public NewestEvaluations Evaluations { get; } = new(folder.Path);

    /// <summary>Shows batches of the training on request.</summary>
    public BatchPreview Preview { get; } = new(TimeProvider.System);

    /// <summary>The time after its end in which people look at what came of it.</summary>
    public Lingering Lingering { get; } = new();

    /// <summary>The run has begun.</summary>
    public void Began(TrainingRun run, RunLength length, RunOptions options) => _started = new Started(run, length, options);

    /// <summary>A step is done.</summary>
    public void Observe(StepMetrics step) => _last = step;

    private sealed record Started(TrainingRun Run, RunLength Length, RunOptions Options);
}
