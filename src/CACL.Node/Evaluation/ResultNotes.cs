using System.Globalization;
using CACL.Learning.Evaluation.Protocols;

namespace CACL.Node.Evaluation;

/// <summary>What readers of a result's figures should know besides.</summary>
internal static class ResultNotes
{
    /// <summary>Returns sentences; mostly none.</summary>
    public static IEnumerable<string> Of(EvaluateRequest request, TrainedClassifier? classifier, EvaluationSweep? sweep)
    {
        if (classifier is not { KnowsNothing: true }) yield break;
        var settings = request.Settings.Evaluation;
        var (key, rate) = (request.Limited, request.Quick) switch
        {
            (true, _) => (settings.Limited.Section, settings.Limited.LearningRate),
            (false, true) => (settings.Quick.Section, settings.Quick.LearningRate),
            _ => (settings.Linear.Section, settings.Linear.LearningRate),
        };
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"The loss of training ended at {classifier.FinalLoss:0.000}, not below ln({classifier.Bias.Length}) = "
                + $"{Math.Log(classifier.Bias.Length):0.000}, the loss of a classifier that knows nothing. "
                + $"These figures say little about the features; try {(sweep is null
                ? $"another {key}.learning-rate than {rate}" : "other rates in the sweep")}.");
    }
}
