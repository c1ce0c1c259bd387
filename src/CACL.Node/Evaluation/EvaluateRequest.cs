using CACL.Data.DataSets;
using CACL.Learning.Networks;
using CACL.Node.Settings;

namespace CACL.Node.Evaluation;

/// <summary>What <c>cacl evaluate</c> is asked to do.</summary>
internal sealed record EvaluateRequest
{
    public required RunSettings Settings { get; init; }

    /// <summary>An absolute path, or <c>random</c>.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>What the checkpoint must hold; null: whatever it does.</summary>
    public Backbone? Backbone { get; init; }

    public required DataSetKind Kind { get; init; }

    /// <summary>The data set's folder, absolute.</summary>
    public required string Data { get; init; }

    /// <summary>Whether the limited-sample protocol is meant; otherwise the linear one.</summary>
    public bool Limited { get; init; }

    public bool Quick { get; init; }

    /// <summary>Share of the training images.</summary>
    public double Fraction { get; init; } = 1;

    /// <summary>Sheets to be written.</summary>
    public int Pictures { get; init; }

    /// <summary>Folder for what is written, absolute; null: nothing is.</summary>
    public string? Out { get; init; }

    /// <summary>Whether standard output ends in the result as JSON.</summary>
    public bool Json { get; init; }
}
