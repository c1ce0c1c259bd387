using System.Diagnostics;
using CACL.Data.Batches;
using CACL.Learning.Methods;
using CACL.Learning.Ranks;

namespace CACL.Learning.DataParallel;

/// <summary>What a rank other than 0 trains with.</summary>
public interface IRankInputs : IDisposable
{
    /// <summary>Its engine, which has joined the ranks.</summary>
    ITrainingEngine Engine { get; }

    /// <summary>Returns its part of a step's batch, which the caller owns; null if it is not there after some time.</summary>
    /// <param name="step">The step, counted from 0: mostly the one after the last, but any may be asked for.</param>
    /// <param name="wait">How long to wait for it.</param>
    /// <exception cref="RankInputsException">There will be none.</exception>
    PairBatch? Next(long step, TimeSpan wait);
}

/// <summary>A rank cannot take part in a training, or not any more. The message is a sentence for people.</summary>
public sealed class RankInputsException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// What a rank other than 0 does: it carries out what rank 0 says, until that ends it. It writes no file and decides nothing; if it cannot
/// go on, it says so, and rank 0 ends the run.
/// </summary>
public static class RankFollower
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Follows rank 0 to the end, on this thread.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="prepare">Prepares the training of which rank 0 speaks; throws <see cref="RankInputsException"/> if it cannot.</param>
    /// <exception cref="LostRankException">The ranks cannot go on together, or rank 0 is not heard any more.</exception>
    public static void Run(ICollectives ranks, Func<string, IRankInputs> prepare)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(prepare);
        IRankInputs? inputs = null;
        var time = RankTime.Unknown;
        try
        {
            while (true)
            {
                var message = RankMessage.Receive(ranks);
                switch (message.Order)
                {
                    case RankOrder.Prepare:
                        inputs = Prepare(ranks, prepare, message.Text);
                        break;
                    case RankOrder.TakeState:
                        var own = inputs!.Engine.Snapshot(reuse: null);
                        inputs.Engine.Restore(SharedState.Receive(ranks, own, message.Text));
                        break;
                    case RankOrder.Step:
                        time = TakeStep(ranks, inputs!, StepOrder.Of(message), time);
                        break;
                    case RankOrder.End:
                        return;
                }
            }
        }
        finally
        {
            inputs?.Dispose();
        }
    }

    private static IRankInputs? Prepare(ICollectives ranks, Func<string, IRankInputs> prepare, string what)
    {
        // Preparing may take long, and the engine belongs to this thread: meanwhile another one says that this rank is at it.
        using var done = new ManualResetEventSlim();
        var answer = new RankAnswer(RankProgress.Waiting);
        LostRankException? lost = null;
        var speaker = new Thread(() =>
        {
            try
            {
                while (!RankAnswer.AllReady(ranks, Volatile.Read(ref answer), RankLeader.Preparing)) done.Wait(Patience);
            }
            catch (LostRankException cause)
            {
                lost = cause;
            }
        });
        speaker.Start();
        IRankInputs? inputs = null;
        try
        {
            inputs = prepare(what);
            Volatile.Write(ref answer, new RankAnswer(RankProgress.Ready));
        }
        catch (RankInputsException cause)
        {
            Volatile.Write(ref answer, new RankAnswer(RankProgress.Failed, cause.Message));
        }

        done.Set();
        speaker.Join();
        if (lost is null) return inputs;
        inputs?.Dispose();
        throw new LostRankException(lost.Message, lost);
    }

    // Returns what the step took; the time is of the step before.
    private static RankTime TakeStep(ICollectives ranks, IRankInputs inputs, StepOrder order, RankTime time)
    {
        PairBatch? batch = null;
        try
        {
            bool all;
            do
            {
                var answer = new RankAnswer(RankProgress.Ready) { Time = time };
                try
                {
                    batch ??= inputs.Next(order.Step, Patience);
                    if (batch is null) answer = answer with { Progress = RankProgress.Waiting };
                }
                catch (RankInputsException cause)
                {
                    answer = new RankAnswer(RankProgress.Failed, cause.Message);
                }

                all = RankAnswer.AllReady(ranks, answer, RankLeader.GettingReady);
            }
            while (!all);

            DriftCheck.Make(ranks, inputs.Engine, order.Step);
            var began = Stopwatch.GetTimestamp();
            _ = inputs.Engine.Step(batch!, order.Settings);
            return RankTime.Of(Stopwatch.GetElapsedTime(began), inputs.Engine.Times.Exchange);
        }
        finally
        {
            batch?.Dispose();
        }
    }
}
