using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Sampling;
using CACL.Runs.Steps;
using CACL.Runs.Videos;

namespace CACL.Actors.Decoding;

/// <summary>The result of producing a sample: its pair, or nothing, which ends the stream.</summary>
/// <param name="Pair">The pair; whoever has the outcome owns it.</param>
internal readonly record struct SampleOutcome(FramePair? Pair);

/// <summary>
/// Turns the number of a sample into its decoded pair. A video that cannot be decoded is quarantined (named, counted) and replaced by the
/// plan of the next attempt. That plan, too, is a pure function of (seed, epoch, position, attempt), so the stream is the same for any
/// number of decoders and after a resume.
/// </summary>
/// <param name="planner">Plans samples.</param>
/// <param name="length">The run's length.</param>
/// <param name="decoders">The pool.</param>
/// <param name="quarantine">The videos that turned out bad.</param>
/// <param name="quarantined">Called with each of them once.</param>
/// <param name="supervisor">Is told what ends the stream.</param>
/// <param name="timeout">The longest time that the pool may take.</param>
/// <param name="ahead">Pairs that were decoded in an earlier epoch, which this owns; null: there are none.</param>
internal sealed class PairSource(
    SamplePlanner planner,
    RunLength length,
    IActorRef decoders,
    Quarantine quarantine,
    Action<QuarantinedVideo> quarantined,
    IActorRef supervisor,
    TimeSpan timeout,
    DecodingAhead? ahead = null) : IDisposable
{
    /// <summary>
    /// Returns the pair of a sample, or nothing if too many videos are bad or the pool does not answer; the supervisor is then told. Never
    /// throws for a bad video.
    /// </summary>
    /// <param name="sample">Number of the sample, counted from 0 over the whole run.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<SampleOutcome> ProduceAsync(long sample, CancellationToken cancel)
    {
        if (ahead is not null && await ahead.TakeAsync(sample).ConfigureAwait(false) is { } kept)
        {
            if (!quarantine.LeavesOut(kept.Plan!.VideoId))
            {
                decoders.Tell(new PoolProtocol.DecodedBefore());
                return new SampleOutcome(kept);
            }

            kept.Dispose();
        }

        var (epoch, position) = length.PlaceOf(sample);
        foreach (var plan in SampleAttempts.Of(planner, epoch, position, quarantine.LeavesOut))
        {
            if (cancel.IsCancellationRequested) return default;
            // The Ask itself has neither a timeout nor a cancellation: it would lose an answer on its way, and the pair with it.
            var asked = decoders.Ask(new PoolProtocol.Decode(plan), Timeout.InfiniteTimeSpan, CancellationToken.None);
            object answer;
            try
            {
                answer = await asked.WaitAsync(timeout, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                DisposeLater(asked);
                return default; // the run is ending: nobody waits for this pair
            }

            catch (TimeoutException)
            {
                DisposeLater(asked);
                supervisor.Tell(new PoolProtocol.Silent(
                    $"The decoders' pool has owed an answer for {timeout.TotalSeconds:0} s, longer than decoding can take."));
                return default;
            }

            if (answer is PoolProtocol.Decoded decoded) return new SampleOutcome(decoded.Pair);
            if (answer is PoolProtocol.Ended) return default;
            Exclude(plan, (PoolProtocol.Failed)answer);
            if (!quarantine.TooMany) continue;
            supervisor.Tell(new PoolProtocol.TooManyBad(quarantine.Verdict));
            return default;
        }

        supervisor.Tell(new PoolProtocol.TooManyBad($"No usable video is left: {quarantine.Verdict}"));
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => ahead?.Dispose();

    private static void DisposeLater(Task<object> asked) => asked.ContinueWith(
        answered =>
        {
            if (answered is { IsCompletedSuccessfully: true, Result: PoolProtocol.Decoded late }) late.Pair.Dispose();
        },
        TaskScheduler.Default);

    private void Exclude(SamplePlan plan, PoolProtocol.Failed failure)
    {
        var fault = failure.Fault;
        // A decoder's verdict on a video depends on the plan alone. If the video is tried again when its turn comes, the stream therefore
        // stays a function of seed, epoch and position. After a hang or a crash that would cost too much.
        var leaveOut = failure.Costly || fault.Reason is UnusableReason.Deadline or UnusableReason.Decoder;
        if (!quarantine.Add(plan.VideoId, leaveOut)) return;
        supervisor.Tell(new SupervisionDecision(
            decoders.PathInRun(), $"cannot use the video {fault.Path} ({fault.Reason}): {fault.Message}",
            $"quarantined, its sample is replaced; {quarantine.Bad} bad so far", quarantine.Bad));
        quarantined(new QuarantinedVideo(fault.Path, fault.Reason, fault.Message, "decode", plan.Epoch, plan.Position, leaveOut));
    }
}
