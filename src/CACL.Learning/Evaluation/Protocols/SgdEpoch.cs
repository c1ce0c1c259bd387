using CACL.Learning.Optimisation;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>An epoch of SGD, alike for both protocols.</summary>
internal static class SgdEpoch
{
    /// <summary>Takes an epoch's steps, at rates on a cosine to 0 over all epochs.</summary>
    /// <param name="plan">Which images make a step.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="epochs">Of so many.</param>
    /// <param name="learningRate">The rate before the cosine.</param>
    /// <param name="context">Progress, cancellation.</param>
    /// <param name="step">Takes a step on these images at this rate; returns the sum of their pixels' losses, and how many pixels
    /// counted.</param>
    /// <param name="diverged">What is thrown where a step's loss, counted from 1, is not finite.</param>
    /// <returns>Mean loss, nats a pixel.</returns>
    public static double Run(
        EpochSampler plan, int epoch, int epochs, double learningRate, EvaluationContext context, Func<int[], double,
        (double Loss, long Pixels)> step, Func<long, Exception> diverged)
    {
        var total = (long)epochs * plan.StepsPerEpoch;
        var schedule = new LearningRateSchedule(learningRate, total);
        var (sum, pixels, taken) = (0.0, 0L, (long)epoch * plan.StepsPerEpoch);
        foreach (var batch in plan.Epoch(epoch))
        {
            context.Cancel.ThrowIfCancellationRequested();
            var (loss, counted) = step(batch, schedule.At(taken));
            taken++;
            // A batch of which nothing is labelled has nothing to teach.
            if (counted == 0) continue;
            if (!double.IsFinite(loss)) throw diverged(taken);
            sum += loss;
            pixels += counted;
            context.Progress(new EvaluationProgress("training", taken, total, loss / counted));
        }

        return sum / pixels;
    }
}
