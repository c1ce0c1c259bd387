using System.Globalization;
using CACL.Data.Wording;
using CACL.Node.Display;

namespace CACL.Node.Evaluation;

/// <summary>Writes a learning-rate sweep for people.</summary>
internal static class SweepTable
{
    /// <summary>Writes a line for each rate, the chosen one with a star, then what it comes to in words.</summary>
    public static void Write(ResultSweep sweep, TextWriter output)
    {
        string[][] rows =
        [
            ["learning rate", "train loss", "held-out mIoU", "mIoU", "mAcc", "aAcc"],
            .. sweep.Rates.Select(rate => new[]
            {
                string.Create(CultureInfo.InvariantCulture, $"{rate.LearningRate}{(rate.LearningRate == sweep.ChosenRate ? " *" : "")}"),
                rate.Diverged ? "diverged" : rate.TrainLoss?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-",
                Share(rate.HeldOutMiou, rate.HeldOutInterval), Share(rate.Miou, rate.Intervals?.Miou),
                Share(rate.Macc, rate.Intervals?.Macc), Share(rate.Aacc, rate.Intervals?.Aacc),
            }),
        ];
        output.WriteLine();
        TextTable.Write(rows, output);
        output.WriteLine(sweep.Summary);
    }

    private static string Share(double? share, double[]? interval) => (share, interval) switch
    {
        (null, _) => "-",
        ({ } s, [var low, var high]) => $"{Percent.Number(s, 2)} ({Percent.Number(low, 2)} to {Percent.Number(high, 2)})",
        ({ } s, _) => Percent.Number(s, 2),
    };
}
