using System.Globalization;

namespace CACL.Node.Evaluation;

/// <summary>
/// The command line by which this program is asked for an evaluation in a child process; the result is the last line that the child writes.
/// </summary>
internal sealed record EvaluateCommandLine
{
    /// <summary>A checkpoint, a file of weights, or the word random.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>resnet18 or resnet50; null: what the checkpoint contains.</summary>
    public string? Backbone { get; init; }

    /// <summary>The name of the data set's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The data set's folder.</summary>
    public required string Data { get; init; }

    /// <summary>The split; null: as the settings say.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>The split; null: as the settings say.</summary>
    public string? TestSplit { get; init; }

    /// <summary>One of <see cref="CACL.Runs.Evaluations.EvaluationProtocols.All"/>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Share of the training images; null: all of them.</summary>
    public double? Fraction { get; init; }

    /// <summary>Learning rates to try besides the protocol's own; empty: a grid around it; null: none.</summary>
    public IReadOnlyList<double>? SweepRates { get; init; }

    /// <summary>full or quick.</summary>
    public required string Variant { get; init; }

    /// <summary>File with the settings.</summary>
    public required string Configuration { get; init; }

    /// <summary>Settings that override the file's, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Folder for the output.</summary>
    public required string Out { get; init; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<string> Arguments
    {
        get
        {
            (string Option, string? Value)[] given =
            [
                ("--checkpoint", Checkpoint),
                ("--backbone", Backbone),
                ("--dataset", Kind),
                ("--data", Data),
                ("--train-split", TrainSplit),
                ("--test-split", TestSplit),
                ("--protocol", Protocol),
                ("--fraction", Fraction?.ToString("R", CultureInfo.InvariantCulture)),
                ("--variant", Variant),
                ("--config", Configuration),
                .. Overrides.Select(text => ("--set", (string?)text)),
                ("--out", Out),
            ];
            string[] sweep = SweepRates is { } rates
                ? ["--sweep-learning-rate", .. rates.Select(rate => rate.ToString("R", CultureInfo.InvariantCulture))]
                : [];
            return [
                "evaluate", .. given.Where(g => g.Value is not null).SelectMany(g => new[] { g.Option, g.Value! }), .. sweep, "--json"];
        }
    }
}
