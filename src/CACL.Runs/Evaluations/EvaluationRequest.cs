using System.Globalization;
using CACL.Data.Wording;

namespace CACL.Runs.Evaluations;

/// <summary>What a checkpoint is evaluated on.</summary>
/// <param name="DataSet">Name of a data set, as in the settings.</param>
/// <param name="Protocol">One of <see cref="EvaluationProtocols.All"/>.</param>
/// <param name="Variant">full or quick.</param>
/// <param name="Fraction">Share of the labelled images, above 0 and at most 1; null where the protocol uses all.</param>
public sealed record EvaluationTarget(string DataSet, string Protocol, string Variant, double? Fraction = null)
{
    /// <summary>The key by which two requests are the same, so that only the newer one waits.</summary>
    public string Key => Fraction is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{DataSet}-{Protocol}-{share}")
        : $"{DataSet}-{Protocol}";

    /// <summary>Returns the target in words, such as <c>camvid (linear, quick)</c>.</summary>
    public override string ToString() => Fraction is { } share
        ? $"{DataSet} ({Protocol} {Percent.Short(share)}, {Variant})"
        : $"{DataSet} ({Protocol}, {Variant})";
}

/// <summary>Why an evaluation is made.</summary>
public enum EvaluationTrigger
{
    /// <summary>A number of steps was done.</summary>
    EverySteps,

    /// <summary>A number of epochs was done.</summary>
    EveryEpochs,

    /// <summary>All steps were done.</summary>
    AtEnd,

    /// <summary>A figure of the training crossed its threshold.</summary>
    When,

    /// <summary>Somebody requested it.</summary>
    Request,
}

/// <summary>A request for one evaluation.</summary>
/// <param name="Target">What to evaluate on.</param>
/// <param name="Step">Steps done at the checkpoint.</param>
/// <param name="Trigger">Why it is made.</param>
/// <param name="Checkpoint">Folder of the checkpoint, absolute. It is not changed until the evaluation is over.</param>
public sealed record EvaluationRequest(EvaluationTarget Target, long Step, EvaluationTrigger Trigger, string Checkpoint);

/// <summary>The names of triggers, in files and on the wire.</summary>
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

    /// <summary>Returns the name of a trigger.</summary>
    public static string WordOf(EvaluationTrigger trigger) => Words.Single(w => w.Trigger == trigger).Word;

    /// <summary>Returns the trigger with a name; an unknown one counts as a request.</summary>
    public static EvaluationTrigger Of(string? word) => Words.FirstOrDefault(w => w.Word == word, Words[^1]).Trigger;
}
