using CACL.Data.DataSets;
using CACL.Learning.Networks;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>A request to <c>cacl evaluate</c>.</summary>
internal sealed record EvaluateRequest
{
    public required RunSettings Settings { get; init; }

    /// <summary>An absolute path, or <c>random</c>.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The backbone that the checkpoint must contain; null: whatever it does.</summary>
    public Backbone? Backbone { get; init; }

    public required DataSetKind Kind { get; init; }

    /// <summary>The data set's folder, absolute.</summary>
    public required string Data { get; init; }

    /// <summary>One of <see cref="EvaluationProtocols.All"/>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Whether to use the limited-sample protocol.</summary>
    public bool Limited => Protocol == EvaluationProtocols.Limited;

    public bool Quick { get; init; }

    /// <summary>Share of the training images.</summary>
    public double Fraction { get; init; } = 1;

    /// <summary>Learning rates to try besides the protocol's own; empty: a grid around it; null: none.</summary>
    public IReadOnlyList<double>? SweepRates { get; init; }

    /// <summary>Number of sheets to write.</summary>
    public int Pictures { get; init; }

    /// <summary>Folder for the output, absolute; null: nothing is written.</summary>
    public string? Out { get; init; }

    /// <summary>Folder of another evaluation whose predictions the sheets show, too, absolute; null: none.</summary>
    public string? Beside { get; init; }

    /// <summary>Whether standard output ends with the result as JSON.</summary>
    public bool Json { get; init; }
}
