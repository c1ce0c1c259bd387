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

/// <summary>Holds what the endpoints know of the run. The training's side writes it and never waits; requests read it.</summary>
public sealed class NodeState(RunFolder folder)
{
    private volatile Started? _started;
    private volatile StepMetrics? _last;
    private volatile WorkerDesk? _workers;

    /// <summary>The run's folder.</summary>
    public RunFolder Folder { get; } = folder;

    /// <summary>Says how healthy the run is; null: probes are not answered.</summary>
    public Health? Health { get; init; }

    /// <summary>The figures that a scrape reads; null: there is no /metrics.</summary>
    public MeterProvider? Meters { get; init; }

    /// <summary>The method that trains.</summary>
    public required MethodDescription Method { get; init; }

    /// <summary>An identifier that tells this start of the run from any other; no secret.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The run; null before it has begun.</summary>
    public TrainingRun? Run => _started?.Run;

    /// <summary>Its length; null before it has begun.</summary>
    public RunLength? Length => _started?.Length;

    /// <summary>What it was started with; null before it has begun.</summary>
    public RunOptions? Options => _started?.Options;

    /// <summary>The latest decisions of supervisors.</summary>
    public SupervisionFeed Supervision { get; } = new();

    /// <summary>The last step's figures; null before any.</summary>
    public StepMetrics? Last => _last;

    /// <summary>The newest result of each kind of evaluation.</summary>
    public NewestEvaluations Evaluations { get; } = new(folder.Path);

    /// <summary>Copies a batch of the training for whoever asks.</summary>
    public BatchPreview Preview { get; } = new(TimeProvider.System);

    /// <summary>The time after the training's end in which the program still answers.</summary>
    public Lingering Lingering { get; } = new();

    /// <summary>The workers on other machines; null: the run accepts none, or not yet.</summary>
    public WorkerDesk? Workers => _workers;

    /// <summary>Records that the run accepts workers.</summary>
    public void Welcomed(WorkerDesk workers) => _workers = workers;

    /// <summary>Records that the run has begun.</summary>
    public void Began(TrainingRun run, RunLength length, RunOptions options) => _started = new Started(run, length, options);

    /// <summary>Records that a step is done.</summary>
    public void Observe(StepMetrics step) => _last = step;

    private sealed record Started(TrainingRun Run, RunLength Length, RunOptions Options);
}
