using CACL.Configuration.Hocon;
using CACL.Data.Wording;

namespace CACL.Node.Study;

/// <summary>A study as its file describes it: rows × seeds, each judged on every data set.</summary>
internal sealed record StudyPlan
{
    /// <summary>The file, as the user named it.</summary>
    public required string File { get; init; }

    /// <summary>What stands above the table.</summary>
    public required string Title { get; init; }

    /// <summary>Each row is trained once with each of these.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Steps between two evaluations of a training; 0: its end only.</summary>
    public required long EvaluateEverySteps { get; init; }

    /// <summary>Whether the checkpoints between start and end stay when they have been judged.</summary>
    public required bool KeepCheckpoints { get; init; }

    /// <summary>How long one evaluation may take.</summary>
    public required TimeSpan EvaluationDeadline { get; init; }

    /// <summary>What every row is judged on, names differ.</summary>
    public required IReadOnlyList<StudyDataSet> DataSets { get; init; }

    /// <summary>The table's rows in order, names and file names differ.</summary>
    public required IReadOnlyList<StudyRow> Rows { get; init; }

    /// <summary>Settings of all rows, stronger than their presets: the file's section <c>cacl</c>.</summary>
    public required IReadOnlyList<StudySetting> Common { get; init; }

    /// <summary>Settings of the command line, stronger than everything in files: texts <c>key=value</c>.</summary>
    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>Environment variables: settings among them are stronger than files and weaker than the command line.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>How large it is, such as <c>4 rows, 2 seeds, 1 data set</c>.</summary>
    public string Size => $"{Counted.Of(Rows.Count, "row")}, {Counted.Of(Seeds.Count, "seed")}, {Counted.Of(DataSets.Count, "data set")}";
}

/// <summary>A setting that a study's file makes.</summary>
/// <param name="Key">Key under <c>cacl</c>.</param>
/// <param name="Value">Value, HOCON.</param>
/// <param name="Origin">Where it stands.</param>
internal sealed record StudySetting(string Key, string Value, HoconOrigin Origin);

/// <summary>A labelled data set and the protocol by which it judges; the options of <c>cacl evaluate</c>.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Kind">cityscapes, voc or folder.</param>
/// <param name="Folder">Its folder, absolute.</param>
/// <param name="TrainSplit">Null: the data set's own choice.</param>
/// <param name="TestSplit">Null: the data set's own choice.</param>
/// <param name="Protocol">linear or limited.</param>
/// <param name="Variant">full or quick.</param>
/// <param name="Fraction">Share of the training split for the limited protocol, or null.</param>
internal sealed record StudyDataSet(
    string Name, string Kind, string Folder, string? TrainSplit, string? TestSplit, string Protocol, string Variant, double? Fraction)
{
    /// <summary>Its name as part of a file's.</summary>
    public string FileName => StudyRow.ToFileName(Name);
}

/// <summary>What is measured in a row.</summary>
internal enum StudySource
{
    /// <summary>A training by a preset.</summary>
    Training,

    /// <summary>An untrained network.</summary>
    Random,

    /// <summary>A file of weights as it is.</summary>
    Weights,
}

/// <summary>A row of the table.</summary>
internal sealed record StudyRow
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Its name as part of a file's.</summary>
    public string FileName => ToFileName(Name);

    /// <summary>What is measured.</summary>
    public required StudySource Source { get; init; }

    /// <summary>The preset, absolute, of a training; otherwise empty.</summary>
    public required string Preset { get; init; }

    /// <summary>The file of weights, absolute: what a training starts from, or what is measured as it is; otherwise empty.</summary>
    public required string Weights { get; init; }

    /// <summary>resnet18 or resnet50, of an untrained network.</summary>
    public required string Backbone { get; init; }

    /// <summary>Settings of this row alone, stronger than the common ones.</summary>
    public required IReadOnlyList<StudySetting> Settings { get; init; }

    /// <summary>What the paper reports, by data set.</summary>
    public required IReadOnlyDictionary<string, PaperValue> Paper { get; init; }

    /// <summary>Lower-case letters, digits and single dashes of a name.</summary>
    public static string ToFileName(string name)
    {
        var letters = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return string.Join('-', letters.Split('-', StringSplitOptions.RemoveEmptyEntries));
    }
}

/// <summary>Values in percent that the paper reports, as far as it does.</summary>
/// <param name="Miou">mIoU.</param>
/// <param name="Macc">mAcc.</param>
/// <param name="Aacc">aAcc.</param>
internal sealed record PaperValue(double? Miou, double? Macc, double? Aacc);
