using System.Globalization;
using CACL.Data.Wording;

namespace CACL.Runs.Evaluations;

/// <summary>What a checkpoint is measured on.</summary>
/// <param name="DataSet">Name of a data set, as the settings call it.</param>
/// <param name="Protocol">linear or limited.</param>
/// <param name="Variant">full or quick.</param>
/// <param name="Fraction">Share of the labelled images, above 0, at most 1; null where the protocol takes all.</param>
public sealed record EvaluationTarget(string DataSet, string Protocol, string Variant, double? Fraction = null)
{
    /// <summary>What makes two requests the same thing, of which only the newer waits.</summary>
    public string Key => Fraction is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{DataSet}-{Protocol}-{share}")
        : $"{DataSet}-{Protocol}";

    /// <summary>The target in words, such as <c>camvid (linear, quick)</c>.</summary>
    public override string ToString() => Fraction is { } share
        ? $"{DataSet} ({Protocol} {Percent.Short(share)}, {Variant})"
        : $"{DataSet} ({Protocol}, {Variant})";
}

/// <summary>Why an evaluation is made.</summary>
public enum EvaluationTrigger
{
    /// <summary>A number of steps is done.</summary>
    EverySteps,

    /// <summary>A number of epochs is done.</summary>
    EveryEpochs,

    /// <summary>All steps are done.</summary>
    AtEnd,

    /// <summary>A figure of the training crossed its mark.</summary>
    When,

    /// <summary>Somebody asked for it.</summary>
    Request,
}

/// <summary>One evaluation to be made.</summary>
/// <param name="Target">What to measure on.</param>
/// <param name="Step">Steps behind the checkpoint.</param>
/// <param name="Trigger">Why.</param>
/// <param name="Checkpoint">Folder of the checkpoint, absolute. It stays as it is until the evaluation is over.</param>
public sealed record EvaluationRequest(EvaluationTarget Target, long Step, EvaluationTrigger Trigger, string Checkpoint);

/// <summary>The words for triggers, in files and on the wire.</summary>
public static class EvaluationTriggers
{
    private static readonly (EvaluationTrigger Trigger, string Word)[] Words =
    [
        (EvaluationTrigger.EverySteps, "every-steps"),
        (EvaluationTrigger.EveryEpochs, "every-epochs"),
        (EvaluationTrigger.AtEnd, "at-end"),
        (EvaluationTrigger.When, "when"),
        (EvaluationTrigger.Request, "request"),
    ];

    /// <summary>The word of a trigger.</summary>
    public static string WordOf(EvaluationTrigger trigger) => Words.Single(w => w.Trigger == trigger).Word;

    /// <summary>The trigger of a word; one that nobody knows any more counts as a request.</summary>
    public static EvaluationTrigger Of(string? word) => Words.FirstOrDefault(w => w.Word == word, Words[^1]).Trigger;
}
