using System.Globalization;
using CACL.Data.Wording;
using CACL.Learning.Evaluation.Confidence;

namespace CACL.Node.Evaluation;

/// <summary>Says in words what a learning-rate sweep found.</summary>
/// <param name="train">Name of the split from which classifiers learnt.</param>
/// <param name="test">Name of the split on which they were tested.</param>
/// <param name="own">The protocol's own rate.</param>
internal sealed class SweepWords(string train, string test, double own)
{
    /// <summary>Returns the words where no rate was chosen.</summary>
    /// <param name="tried">Whether images were to be held out.</param>
    public string Nothing(bool tried) =>
        $"{(tried ? $"No images of {train} could be held out and scored" : $"No image of {train} was held out")} to choose a learning rate "
            + $"by, so the result is that of the protocol's own, {Text(own)}. A rate chosen by its score on {test} would flatter the "
            + "features.";

    /// <summary>Returns the words where held-out images chose a rate.</summary>
    /// <param name="chosen">The rate.</param>
    /// <param name="images">How many images were held out.</param>
    /// <param name="rates">All rates, ascending.</param>
    /// <param name="undecided">Those that cannot be told from it.</param>
    /// <param name="more">By how much its mIoU exceeds that of the protocol's own rate on the test images; null: that diverged.</param>
    public string Of(
        double chosen, int images, IReadOnlyList<double> rates, IReadOnlyList<double> undecided, (double Miou, Interval? Within)? more)
    {
        List<string> said =
        [
            $"* Learning rate {Text(chosen)} is best on {Counted.Of(images, "image")} of {train} that were held out to choose it. The "
                + $"result is that of its classifier, which learnt from all of {train}.",
        ];
        if (undecided.Count > 0) said.Add($"There, {List(undecided)} cannot be told from it.");
        if (rates.Count > 1 && chosen == rates[0]) said.Add("It is the lowest that was tried: try lower ones, too.");
        if (rates.Count > 1 && chosen == rates[^1]) said.Add("It is the highest that was tried: try higher ones, too.");
        said.Add((chosen == own, more) switch
        {
            (true, _) => "It is the protocol's own.",
            (_, null) => $"With the protocol's own, {Text(own)}, the classifier diverged.",
            (_, { } m) => $"On {test}, its mIoU is {Points(Math.Abs(m.Miou))} points {(m.Miou < 0 ? "below" : "above")} that of the "
                + $"protocol's own, {Text(own)}{(m.Within is { } w ? $" ({Signed(w.Low)} to {Signed(w.High)})" : "")}.",
        });
        return string.Join(' ', said);
    }

    private static string List(IReadOnlyList<double> rates) =>
        rates.Count == 1 ? Text(rates[0]) : $"{string.Join(", ", rates.SkipLast(1).Select(Text))} and {Text(rates[^1])}";

    private static string Text(double rate) => rate.ToString("R", CultureInfo.InvariantCulture);

    private static string Points(double share) => Percent.Number(share, 1);

    private static string Signed(double share) => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
