using System.Globalization;
using CACL.Data.DataSets;
using CACL.Data.Sampling;
using CACL.Learning.Evaluation.Confidence;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>A rate of a sweep, and what was trained with it.</summary>
/// <param name="Rate">The learning rate at the start of the cosine.</param>
/// <param name="Classifier">The classifier trained on all training images; null: it diverged.</param>
/// <param name="HeldOut">The counts of each held-out image under a classifier that was trained with this rate on the others alone; null if
/// none was held out, or that classifier diverged.</param>
public sealed record SweptRate(double Rate, TrainedClassifier? Classifier, ImageCounts? HeldOut);

/// <summary>
/// The linear protocol with several learning rates on one pass of the backbone. For each rate there are two classifiers: one is trained on
/// all training images, exactly as <see cref="LinearProtocol"/> trains it; another on those that are not held out, and tested on the
/// held-out ones. So a rate can be chosen without a look at the test split.
/// </summary>
public static class LearningRateSweep
{
    // Half orders of magnitude, and lower ones rather than higher ones: short trainings leave features that want a smaller rate than the
    // paper's.
    private static readonly double[] Factors = [0.01, 0.03, 0.1, 0.3, 1, 3, 10];

    /// <summary>Returns a grid around a rate, in ascending order; the rate itself is in it.</summary>
    public static IReadOnlyList<double> Around(double rate) => [.. Factors.Select(factor => Rounded(rate * factor))];

    /// <summary>
    /// Returns the place of the rate whose classifier has the highest mIoU on the held-out images, the lowest rate among equals; null if
    /// none has any.
    /// </summary>
    /// <param name="swept">Rates in ascending order.</param>
    public static int? Best(IReadOnlyList<SweptRate> swept)
    {
        ArgumentNullException.ThrowIfNull(swept);
        int? best = null;
        var most = double.NegativeInfinity;
        for (var i = 0; i < swept.Count; i++)
        {
            if (swept[i].HeldOut?.Scores().MeanIou is not { } miou || !(miou > most)) continue;
            (best, most) = (i, miou);
        }

        return best;
    }

    /// <summary>Returns the numbers of the images that are held out, in ascending order: as the seed draws them.</summary>
    /// <param name="images">The number of training images.</param>
    /// <param name="share">The share of them, from 0 to below 1; at least one is held out if it is above 0, and at least one is
    /// not.</param>
    /// <param name="seed">Seed.</param>
    public static IReadOnlyList<int> HeldOut(int images, double share, ulong seed)
    {
        if (share == 0 || images < 2) return [];
        var count = Math.Clamp((int)Math.Round(share * images, MidpointRounding.AwayFromZero), 1, images - 1);
        return [.. new CounterRandom(seed, 0, 0, 0, DrawPurpose.EvaluationHeldOut).Distinct(count, images).Order()];
    }

    /// <summary>Trains the classifiers of all rates.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="train">The training images.</param>
    /// <param name="representation">The backbone, on the context's device.</param>
    /// <param name="options">The protocol's settings; their rate is not used.</param>
    /// <param name="rates">The rates.</param>
    /// <param name="heldOutShare">See <see cref="HeldOut"/>.</param>
    /// <param name="features">Where features are kept.</param>
    /// <param name="context">Seed, device, progress.</param>
    /// <exception cref="EvaluationException">Every classifier diverged, or there is no place to keep features.</exception>
    /// <exception cref="DataSetException">A file cannot be used.</exception>
    public static IReadOnlyList<SweptRate> Train(
        ISegmentationDataSet data, EvaluationSplit train, Representation representation, LinearOptions options,
        IReadOnlyList<double> rates, double heldOutShare, FeatureOptions features, EvaluationContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rates);
        ArgumentNullException.ThrowIfNull(context);
        using var protocol = new FrozenTraining(data, train, representation, options, features, context);
        var heldOut = HeldOut(train.Items.Count, heldOutShare, context.Seed);
        var others = Enumerable.Range(0, train.Items.Count).Except(heldOut).ToArray();
        var swept = new List<SweptRate>();
        foreach (var rate in rates)
        {
            var whole = Train(protocol, options with { LearningRate = rate }, Phase("training"), null);
            var part = heldOut.Count == 0 || whole is null
                ? null
                : Train(protocol, options with { LearningRate = rate }, Phase("without held-out"), others);
            swept.Add(new SweptRate(rate, whole, part is null ? null : protocol.Score(part, heldOut, context)));

            EvaluationContext Phase(string name) => context with
            {
                Progress = p => context.Progress(p with { Phase = FormattableString.Invariant($"rate {rate}, {name}") }),
            };
        }

        return swept.Any(s => s.Classifier is not null)
            ? swept
            : throw new EvaluationException(
                $"The classifier diverged with every learning rate of the sweep ({string.Join(", ", rates.Select(Text))}). Name lower "
                    + $"ones, or set {options.Section}.standardise = true.");

        static string Text(double rate) => rate.ToString("R", CultureInfo.InvariantCulture);
    }

    private static TrainedClassifier? Train(
        FrozenTraining protocol, LinearOptions options, EvaluationContext context, IReadOnlyList<int>? among)
    {
        try
        {
            return protocol.Train(options, context, among);
        }
        catch (ClassifierDivergedException)
        {
            context.Note(FormattableString.Invariant($"With a learning rate of {options.LearningRate} the classifier diverged."));
            return null;
        }
    }

    // 0.6 × 0.03 is 0.018 and not the double beside it.
    private static double Rounded(double rate) =>
        double.Parse(rate.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
