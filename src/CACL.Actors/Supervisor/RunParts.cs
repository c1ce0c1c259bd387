using System.Text.Json.Nodes;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Actors.Telemetry;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Runs.Live;
using CACL.Runs.Steps;
using CACL.Runs.Videos;

namespace CACL.Actors.Supervisor;

/// <summary>What a run is made of; the program puts in the real ones, a test what it wants to see fail.</summary>
public sealed record RunParts
{
    /// <summary>Usable videos, in the order that sampling counts them.</summary>
    public required VideoShape[] Videos { get; init; }

    /// <summary>Looks up the record of a video.</summary>
    public required IVideoLibrary Library { get; init; }

    /// <summary>Makes the decoder of one decoder actor, on its thread.</summary>
    public required Func<IPairDecoder> Decoder { get; init; }

    /// <summary>Makes the training engine, on the loop's thread.</summary>
    public required Func<ITrainingEngine> Engine { get; init; }

    /// <summary>Where checkpoints lie.</summary>
    public required ICheckpointStorage Checkpoints { get; init; }

    /// <summary>The state to go on from; null: from the start.</summary>
    public ResumePoint? Start { get; init; }

    /// <summary>Videos that the scan found unusable.</summary>
    public IReadOnlyList<QuarantinedVideo> Unusable { get; init; } = [];

    /// <summary>Measures checkpoints; null: nothing is evaluated.</summary>
    public IEvaluationEngine? Evaluator { get; init; }

    /// <summary>Told of each step, on a thread that must not be held up.</summary>
    public Action<StepMetrics>? Observer { get; init; }

    /// <summary>Told of each line of evaluations.jsonl, as <see cref="Observer"/>. It must not throw.</summary>
    public Action<JsonObject>? EvaluationObserver { get; init; }

    /// <summary>
    /// Told of each decision on a failure, on a thread that must not be held up. It must not throw. Null: who wants them subscribes to
    /// <see cref="SupervisionDecision"/> on the actor system's event stream.
    /// </summary>
    public Action<SupervisionDecision>? DecisionObserver { get; init; }

    /// <summary>Measures the run; null: nobody does. Stays the caller's.</summary>
    public RunInstruments? Instruments { get; init; }

    /// <summary>
    /// Told of the live settings at the start and whenever they change, on a thread that must not be held up: the log level is the
    /// program's business.
    /// </summary>
    public Action<LiveSettings>? SettingsChanged { get; init; }

    /// <summary>The clock of the watchdog.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
