using CACL.Configuration.Hocon;
using CACL.Data.Wording;

namespace CACL.Node.Study;

/// <summary>A study as described by its file: rows × seeds, each evaluated on every data set.</summary>
internal sealed record StudyPlan
{
    /// <summary>The file, as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>The title of the table.</summary>
    public required string Title { get; init; }

    /// <summary>Seeds, with each of which every row is trained once.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Steps between two evaluations of a training; 0: only at its end.</summary>
    public required long EvaluateEverySteps { get; init; }

    /// <summary>Whether the checkpoints between start and end are kept after they have been evaluated.</summary>
    public required bool KeepCheckpoints { get; init; }

    /// <summary>How long one evaluation may take.</summary>
    public required TimeSpan EvaluationDeadline { get; init; }

    /// <summary>The data sets on which every row is evaluated; their names differ.</summary>
    public required IReadOnlyList<StudyDataSet> DataSets { get; init; }

    /// <summary>The table's rows in order; their names and file names differ.</summary>
    public required IReadOnlyList<StudyRow> Rows { get; init; }

    /// <summary>The row with which the others are compared image by image.</summary>
    public required string CompareWith { get; init; }

    /// <summary>Settings of all rows, which override their presets: the file's section <c>cacl</c>.</summary>
    public required IReadOnlyList<StudySetting> Common { get; init; }

    /// <summary>Settings on the command line, <c>key=value</c>, which override everything in files.</summary>
    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>Environment variables: settings among them override files, and are overridden by the command line.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Its size, such as <c>4 rows, 2 seeds, 1 data set</c>.</summary>
    public string Size => $"{Counted.Of(Rows.Count, "row")}, {Counted.Of(Seeds.Count, "seed")}, {Counted.Of(DataSets.Count, "data set")}";
}

/// <summary>A setting in a study's file.</summary>
/// <param name="Key">Key under <c>cacl</c>.</param>
/// <param name="Value">Value, as HOCON.</param>
/// <param name="Origin">Its origin.</param>
internal sealed record StudySetting(string Key, string Value, HoconOrigin Origin);

/// <summary>A labelled data set, and the protocol of its evaluation; the options of <c>cacl evaluate</c>.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Kind">cityscapes, voc or folder.</param>
/// <param name="Folder">Its folder, absolute.</param>
/// <param name="TrainSplit">The split; null: the data set's default.</param>
/// <param name="TestSplit">The split; null: the data set's default.</param>
/// <param name="Protocol">The protocol, such as linear.</param>
/// <param name="Variant">full or quick.</param>
/// <param name="Fraction">Share of the training split for the limited protocol, or null.</param>
internal sealed record StudyDataSet(
    string Name, string Kind, string Folder, string? TrainSplit, string? TestSplit, string Protocol, string Variant, double? Fraction)
{
    /// <summary>Learning rates that each evaluation tries besides the protocol's own; empty: a grid around it; null: none.</summary>
    public IReadOnlyList<double>? SweepRates { get; init; }

    /// <summary>Its name as part of a file name.</summary>
    public string FileName => StudyRow.ToFileName(Name);
}

/// <summary>What is evaluated in a row.</summary>
internal enum StudySource
{
    /// <summary>A training with a preset.</summary>
    Training,

    /// <summary>An untrained network.</summary>
    Random,

    /// <summary>A file of weights as it is.</summary>
    Weights,
}

/// <summary>A row of the table.</summary>
internal sealed record StudyRow
{
    /// <summary>Its name in the table.</summary>
    public required string Name { get; init; }

    /// <summary>Its name as part of a file name.</summary>
    public string FileName => ToFileName(Name);

    /// <summary>What is evaluated.</summary>
    public required StudySource Source { get; init; }

    /// <summary>The preset of a training, absolute; otherwise empty.</summary>
    public required string Preset { get; init; }

    /// <summary>The file of weights, absolute, from which a training starts or which is evaluated as it is; otherwise empty.</summary>
    public required string Weights { get; init; }

    /// <summary>resnet18 or resnet50, of an untrained network.</summary>
    public required string Backbone { get; init; }

    /// <summary>Settings of this row alone, which override the common ones.</summary>
    public required IReadOnlyList<StudySetting> Settings { get; init; }

    /// <summary>What the paper reports, by data set.</summary>
    public required IReadOnlyDictionary<string, PaperValue> Paper { get; init; }

    /// <summary>Returns a name as lower-case letters, digits and single dashes.</summary>
    public static string ToFileName(string name)
    {
        var letters = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
    }
}

/// <summary>The values that the paper reports, in percent; null where it reports none.</summary>
/// <param name="Miou">mIoU.</param>
/// <param name="Macc">mAcc.</param>
/// <param name="Aacc">aAcc.</param>
internal sealed record PaperValue(double? Miou, double? Macc, double? Aacc);
