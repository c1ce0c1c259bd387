using System.Globalization;

namespace CACL.Learning.Methods;

/// <summary>A stretch of a training, in steps or in epochs.</summary>
/// <param name="Amount">How many, 0 or more; epochs may be fractions.</param>
/// <param name="InEpochs">Whether the amount is in epochs; otherwise it is in steps.</param>
public readonly record struct RunSpan(double Amount, bool InEpochs)
{
    /// <summary>Returns a number of steps.</summary>
    public static RunSpan Steps(long steps) => new(steps, InEpochs: false);

    /// <summary>Returns a number of epochs.</summary>
    public static RunSpan Epochs(double epochs) => new(epochs, InEpochs: true);

    /// <summary>Reads 400, 400 steps, 10 epochs or 2.5 epochs.</summary>
    /// <returns>The span; null if the text is none, is negative or has a fraction of a step.</returns>
    public static RunSpan? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (number, unit) = text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [var amount] => (amount, "steps"),
            [var amount, var word] => (amount, word),
            _ => ("", ""),
        };
        bool? inEpochs = unit switch { "step" or "steps" => false, "epoch" or "epochs" => true, _ => null };
        if (inEpochs is not { } epochs) return null;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        return value <= 1e9 && (epochs || value == Math.Floor(value)) ? new RunSpan(value, epochs) : null;
    }

    /// <summary>Returns the number of steps that this is, a fraction in general.</summary>
    public double StepsAt(double stepsPerEpoch) => InEpochs ? Amount * stepsPerEpoch : Amount;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Amount:R} {(InEpochs ? "epoch" : "step")}{(Amount == 1 ? "" : "s")}");
}
