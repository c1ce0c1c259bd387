using System.Globalization;

namespace CACL.Node.Evaluation;

/// <summary>An evaluation as this program is asked for it in a process of its own; the result is the last line that it writes.</summary>
internal sealed record EvaluateCommandLine
{
    /// <summary>A checkpoint, a file of weights, or the word random.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>resnet18 or resnet50; null: what the checkpoint holds.</summary>
    public string? Backbone { get; init; }

    /// <summary>The word for the data set's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The data set's folder.</summary>
    public required string Data { get; init; }

    /// <summary>Null: as the settings say.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>Null: as the settings say.</summary>
    public string? TestSplit { get; init; }

    /// <summary>linear or limited.</summary>
    public required string Protocol { get; init; }

    /// <summary>Share of the training images; null: all of them.</summary>
    public double? Fraction { get; init; }

    /// <summary>full or quick.</summary>
    public required string Variant { get; init; }

    /// <summary>File with the settings.</summary>
    public required string Configuration { get; init; }

    /// <summary>Settings stronger than the file's, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Folder for what is written.</summary>
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
            return ["evaluate", .. given.Where(g => g.Value is not null).SelectMany(g => new[] { g.Option, g.Value! }), "--json"];
        }
    }
}
