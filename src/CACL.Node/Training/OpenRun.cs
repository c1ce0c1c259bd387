using CACL.Data.Decoding.Selection;
using CACL.Http.Server;
using CACL.Node.Display;
using CACL.Node.Ending;
using CACL.Node.Logging;
using CACL.Node.Settings;
using CACL.Node.Telemetry;
using CACL.Runs.Folder;

namespace CACL.Node.Training;

/// <summary>
/// What a training has open from its first line in the log to its last, apart from its actors. <see cref="TrainingSession"/> opens it and
/// closes it again.
/// </summary>
internal sealed record OpenRun
{
    /// <summary>What was asked for.</summary>
    public required TrainRequest Request { get; init; }

    /// <summary>Its folder, which no other process may use meanwhile.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Runs the actor system.</summary>
    public required ActorSystemHost Host { get; init; }

    /// <summary>The terminal.</summary>
    public required Screen Screen { get; init; }

    /// <summary>The log.</summary>
    public required RunLog Log { get; init; }

    /// <summary>Hears SIGTERM and Ctrl+C.</summary>
    public required StopSignals Signals { get; init; }

    /// <summary>Meters and TensorBoard's files.</summary>
    public required RunTelemetry Telemetry { get; init; }

    /// <summary>How videos are decoded.</summary>
    public required PairDecoders Decoders { get; init; }

    /// <summary>Dashboard and API; null: switched off.</summary>
    public required NodeServer? Node { get; init; }

    /// <summary>What workers on other machines join; null: none are wanted.</summary>
    public required TrainingCluster? Cluster { get; init; }

    /// <summary>The settings.</summary>
    public RunSettings Settings => Request.Configuration.Settings;

    /// <summary>Whether the folder's run goes on.</summary>
    public bool Resumes => Request.Start == RunStart.Resume;
}
