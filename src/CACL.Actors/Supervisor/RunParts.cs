using System.Text.Json.Nodes;
using CACL.Actors.Checkpoints;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Actors.Membership;
using CACL.Actors.Telemetry;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.Methods;
using CACL.Runs.Live;
using CACL.Runs.Steps;
using CACL.Runs.Videos;

namespace CACL.Actors.Supervisor;

/// <summary>The parts that a run is built from: the program supplies the real ones, tests supply fakes.</summary>
public sealed record RunParts
{
    /// <summary>Usable videos, in the order in which sampling counts them.</summary>
    public required VideoShape[] Videos { get; init; }

    /// <summary>Looks up the record of a video.</summary>
    public required IVideoLibrary Library { get; init; }

    /// <summary>Creates the decoder of one decoder actor, on its thread.</summary>
    public required Func<IPairDecoder> Decoder { get; init; }

    /// <summary>Creates the training engine, on the loop's thread.</summary>
    public required Func<ITrainingEngine> Engine { get; init; }

    /// <summary>Storage of checkpoints.</summary>
    public required ICheckpointStorage Checkpoints { get; init; }

    /// <summary>The checkpoint to resume from; null: the run starts anew.</summary>
    public ResumePoint? Start { get; init; }

    /// <summary>Videos that the scan found unusable.</summary>
    public IReadOnlyList<QuarantinedVideo> Unusable { get; init; } = [];

    /// <summary>Evaluates checkpoints; null: nothing is evaluated.</summary>
    public IEvaluationEngine? Evaluator { get; init; }

    /// <summary>The workers on other machines, owned by the caller; null: this process decodes alone.</summary>
    public WorkerHub? Workers { get; init; }

    /// <summary>Called with each step, on a thread that must not be blocked.</summary>
    public Action<StepMetrics>? Observer { get; init; }

    /// <summary>Called with each line of evaluations.jsonl, like <see cref="Observer"/>. It must not throw.</summary>
    public Action<JsonObject>? EvaluationObserver { get; init; }

    /// <summary>
    /// Called with each decision on a failure, on a thread that must not be blocked. It must not throw. Null: interested parties subscribe
    /// to <see cref="SupervisionDecision"/> on the actor system's event stream.
    /// </summary>
    public Action<SupervisionDecision>? DecisionObserver { get; init; }

    /// <summary>
    /// Called once, like <see cref="Observer"/>, when the training is over, saved, and its engine gone: evaluations may follow. It must not
    /// throw. Not called where the engine does not go.
    /// </summary>
    public Action? TrainingOver { get; init; }

    /// <summary>Instruments that measure the run, owned by the caller; null: none.</summary>
    public RunInstruments? Instruments { get; init; }

    /// <summary>
    /// Called with the live settings at the start and whenever they change, on a thread that must not be blocked: setting the log level is
    /// up to the program.
    /// </summary>
    public Action<LiveSettings>? SettingsChanged { get; init; }

    /// <summary>Clock of the watchdog.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
