using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Protocols;
using CACL.Runs.Evaluations;

namespace CACL.Node.Evaluation;

/// <summary>What a protocol made of the training images.</summary>
/// <param name="Scorer">Scores the pixels of test images.</param>
/// <param name="Classifier">The classifier, if the protocol trains one.</param>
/// <param name="Clusters">The number of clusters that stand for classes; 0: it scores classes.</param>
internal sealed record TrainedProtocol(IPixelScorer Scorer, TrainedClassifier? Classifier = null, int Clusters = 0)
{
    /// <summary>Runs the protocol that the request names on the training images.</summary>
    public static TrainedProtocol Of(
        EvaluateRequest request, ISegmentationDataSet data, EvaluationSplit train, Representation representation,
        EvaluationContext context)
    {
        var settings = request.Settings.Evaluation;
        switch (request.Protocol)
        {
            case EvaluationProtocols.Clusters:
                var clusters = ClusterProtocol.Find(
                    data, train, representation, request.Quick ? settings.QuickClusters : settings.Clusters, settings.Features, context);
                return new TrainedProtocol(clusters.Scorer(context.Device), Clusters: clusters.Count);
            case EvaluationProtocols.Neighbours:
                return new TrainedProtocol(NeighbourProtocol.Prepare(
                    data, train, representation, request.Quick ? settings.QuickNeighbours : settings.Neighbours, settings.Features.Half,
                    context));
            case EvaluationProtocols.Limited:
                return Of(
                    LimitedProtocol.Train(data, train, representation, request.Quick ? settings.QuickLimited : settings.Limited, context),
                    context);
            default:
                return Of(
                    LinearProtocol.Train(
                        data, train, representation, request.Quick ? settings.Quick : settings.Linear, settings.Features, context),
                    context);
        }
    }

    /// <summary>Returns what scores by a linear classifier.</summary>
    public static TrainedProtocol Of(TrainedClassifier classifier, EvaluationContext context) =>
        new(new LinearScorer(classifier.Weight, classifier.Bias, context.Device), classifier);
}
