using CACL.Learning.Optimisation;

namespace CACL.Learning.Evaluation.Protocols;

/// <summary>An epoch of SGD, as both protocols need it.</summary>
internal static class SgdEpoch
{
    /// <summary>Takes an epoch's steps, with learning rates on a cosine that reaches 0 after all epochs.</summary>
    /// <param name="plan">Decides which images form a step.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="epochs">Number of epochs.</param>
    /// <param name="learningRate">Learning rate at the start of the cosine.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="step">Takes a step on these images at this rate; returns the sum of their pixels' losses, and the number of counted
    /// pixels.</param>
    /// <param name="diverged">Returns the exception for a step, counted from 1, whose loss is not finite.</param>
    /// <returns>Mean loss, nats per pixel.</returns>
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
            // A batch without any labelled pixel teaches nothing.
            if (counted == 0) continue;
            if (!double.IsFinite(loss)) throw diverged(taken);
            sum += loss;
            pixels += counted;
            context.Progress(new EvaluationProgress("training", taken, total, loss / counted));
        }

        return sum / pixels;
    }
}
