using System.Globalization;
using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Node.Settings;

namespace CACL.Node.Evaluation;

/// <summary>
/// The classifiers of a learning-rate sweep, and the rate that the held-out training images chose. The test split has no say in it.
/// </summary>
internal sealed class EvaluationSweep
{
    private readonly EvaluationProtocolSettings _settings;
    private readonly IReadOnlyList<SweptRate> _swept;
    private readonly List<SweptRate> _sound;
    private readonly SweptRate? _best;
    private readonly double _own;
    private readonly SweepWords _words;

    private EvaluationSweep(EvaluationProtocolSettings settings, LinearOptions options, IReadOnlyList<SweptRate> swept, SweepWords words)
    {
        (_settings, _swept, _own, _words) = (settings, swept, options.LearningRate, words);
        _sound = [.. swept.Where(s => s.Classifier is not null)];
        _best = LearningRateSweep.Best(swept) is { } best ? swept[best] : null;
        Shown = _sound.FindIndex(s => _best is null ? s.Rate == _own : s == _best);
        if (Shown < 0)
            throw new EvaluationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The classifier diverged with the protocol's own learning rate, {_own}, and no held-out images choose another one. Set "
                    + $"cacl.evaluation.sweep-held-out above 0, or {options.Section}.standardise = true."));
    }

    /// <summary>The classifiers that did not diverge, by ascending rate.</summary>
    public IReadOnlyList<TrainedClassifier> Classifiers => [.. _sound.Select(s => s.Classifier!)];

    /// <summary>The place of the one whose scores are the result's.</summary>
    public int Shown { get; }

    /// <summary>Whether the held-out images chose the rate; otherwise it is the protocol's own.</summary>
    public bool Chose => _best is not null;

    /// <summary>All rates that were tried, ascending.</summary>
    public double[] Rates => [.. _swept.Select(s => s.Rate)];

    /// <summary>Trains the classifiers of a request's rates and of the protocol's own.</summary>
    /// <exception cref="EvaluationException">All diverged, or there is no place to keep features.</exception>
    public static EvaluationSweep Train(
        IReadOnlyList<double> rates, EvaluationProtocolSettings settings, LinearOptions options, ISegmentationDataSet data,
        EvaluationSplit train, EvaluationSplit test, Representation representation, EvaluationContext context)
    {
        var tried = (rates.Count > 0 ? rates : LearningRateSweep.Around(options.LearningRate)).Append(options.LearningRate);
        var swept = LearningRateSweep.Train(
            data, train, representation, options, [.. tried.Distinct().Order()], settings.SweepHeldOut, settings.Features, context);
        return new EvaluationSweep(settings, options, swept, new SweepWords(train.Name, test.Name, options.LearningRate));
    }

    /// <summary>Returns what the sweep found.</summary>
    /// <param name="tested">The counts of each test image, for each of <see cref="Classifiers"/>.</param>
    /// <param name="cancel">Cancels between two resamples.</param>
    public ResultSweep Result(IReadOnlyList<ImageCounts> tested, CancellationToken cancel)
    {
        var undecided = _best is null ? [] : _swept.Where(s => s != _best && IsLike(s, _best, cancel)).Select(s => s.Rate).ToArray();
        var own = _sound.FindIndex(s => s.Rate == _own);
        return new ResultSweep(
            _best?.Rate, _own, _best?.HeldOut?.Images ?? 0, undecided,
            _best is null
                ? _words.Nothing(_settings.SweepHeldOut > 0)
                : _words.Of(_best.Rate, _best.HeldOut!.Images, Rates, undecided, own < 0 ? null : More(tested[Shown], tested[own], cancel)),
            [.. _swept.Select(s => Rate(s, s.Classifier is null ? null : tested[_sound.IndexOf(s)], cancel))]);
    }

    private ResultSweptRate Rate(SweptRate swept, ImageCounts? tested, CancellationToken cancel)
    {
        var (held, scores) = (swept.HeldOut, tested?.Scores());
        return new ResultSweptRate(
            swept.Rate, swept.Classifier is null, Number(swept.Classifier?.FinalLoss), Number(held?.Scores().MeanIou),
            held is null ? null : ResultIntervals.Of(held, _settings.BootstrapResamples, _settings.Seed, cancel)?.Miou,
            Number(scores?.MeanIou), Number(scores?.MeanAccuracy), Number(scores?.Accuracy),
            tested is null ? null : ResultIntervals.Of(tested, _settings.BootstrapResamples, _settings.Seed, cancel));
    }

    // The held-out images cannot tell two rates apart where zero is within the paired interval of their difference.
    private bool IsLike(SweptRate swept, SweptRate best, CancellationToken cancel) =>
        swept.HeldOut is { } held && More(best.HeldOut!, held, cancel) is { Within: { } within } && within.Contains(0);

    private (double Miou, Interval? Within) More(ImageCounts one, ImageCounts other, CancellationToken cancel)
    {
        var difference = one.Scores().MeanIou - other.Scores().MeanIou;
        if (_settings.BootstrapResamples == 0) return (difference, null);
        var (mine, others) = (Scores(one), Scores(other));
        return (difference, Interval.Of(mine.Zip(others, (a, b) => a.MeanIou - b.MeanIou)));

        SegmentationScores[] Scores(ImageCounts counts) =>
            Bootstrap.Scores(counts, _settings.BootstrapResamples, _settings.Seed, cancel);
    }

    private static double? Number(double? value) => value is { } v ? EvaluationResult.Number(v) : null;
}
