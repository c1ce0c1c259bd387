using System.Threading.Channels;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using CACL.Data.Batches;
using CACL.Runs.Steps;

namespace CACL.Actors.Decoding;

/// <summary>
/// The whole stream:
/// <code>
/// sample numbers ─▶ SelectAsync, ordered: decoded pairs ─▶ groups of B ─▶ batches ─▶ bounded channel ─▶ training loop
/// </code>
/// Demand runs backwards (back-pressure): the loop takes a batch, the channel has room for another, the stream asks for more samples, and
/// an idle decoder gets one. Batches come in step order, in whatever order the decoders finish.
/// </summary>
internal static class PairPipeline
{
    /// <summary>
    /// Builds the stream. When it ends or is shut down, <see cref="PairsUnderway"/> returns the dropped pairs to the pool.
    /// </summary>
    /// <param name="produce">Produces the pair of a sample; an outcome without a pair ends the stream.</param>
    /// <param name="firstStep">Step of the first batch.</param>
    /// <param name="length">Length of the run.</param>
    /// <param name="share">Which samples of each batch the stream has.</param>
    /// <param name="pairsInFlight">Maximum number of samples in flight.</param>
    /// <param name="prefetchBatches">Capacity of the channel.</param>
    /// <param name="finished">Called on the stream's thread when a batch is about to enter the channel.</param>
    /// <param name="died">Called if the stream's own actor stops in the middle: nobody at its ends would learn of that.</param>
    public static IRunnableGraph<(UniqueKillSwitch Switch, ChannelReader<PairBatch> Batches)> Build(
        Func<long, Task<SampleOutcome>> produce, long firstStep, RunLength length, BatchShare share, int pairsInFlight,
        int prefetchBatches, Action? finished = null, Action? died = null)
    {
        var own = share.Of(length.BatchSize);
        return SampleNumbers(firstStep * own, length.TotalSteps * own, share, length.BatchSize)
            .ViaMaterialized(KillSwitches.Single<long>(), Keep.Right)
            .WatchTermination(Watched)
            .SelectAsync(pairsInFlight, produce)
            .TakeWhile(outcome => outcome.Pair is not null)
            .Grouped(own)
            .Select(outcomes => outcomes.Select(o => o.Pair!).ToArray())
            .Where(pairs => pairs.Length == own)
            .ZipWithIndex()
            .Select(numbered => Batch(firstStep + numbered.Item2, numbered.Item1))
            .ToMaterialized(
                ChannelSink.AsReader<PairBatch>(prefetchBatches, singleReader: true, BoundedChannelFullMode.Wait),
                (killSwitch, reader) => (killSwitch, reader));

        UniqueKillSwitch Watched(UniqueKillSwitch killSwitch, Task ended)
        {
            ended.ContinueWith(
                task =>
                {
                    if (task.Exception?.InnerException is AbruptTerminationException or AbruptStageTerminationException) died?.Invoke();
                },
                TaskScheduler.Default);
            return killSwitch;
        }

        PairBatch Batch(long step, FramePair[] pairs)
        {
            finished?.Invoke();
            return new PairBatch(step, length.PlaceAfter(step).Epoch, pairs);
        }
    }

    /// <summary>
    /// Returns how many pairs may be in flight so that all of them fit into <paramref name="memory"/> bytes, including those in waiting
    /// batches and in the batch of the current step. It is at least <paramref name="decoders"/>, the initial number of decoders, and at
    /// most what <paramref name="mostDecoders"/> can use, since their number may grow while the stream runs.
    /// </summary>
    public static int PairsInFlight(long memory, long bytesPerPair, int batchSize, int prefetchBatches, int decoders, int mostDecoders)
    {
        var elsewhere = (long)batchSize * (prefetchBatches + 2); // waiting, being grouped, being trained on
        var room = (memory / bytesPerPair) - elsewhere;
        var useful = Math.Max(4L * mostDecoders, 2L * batchSize);
        return (int)Math.Clamp(room, Math.Max(1, decoders), useful);
    }

    /// <summary>
    /// Returns how many of the <paramref name="wanted"/> finished batches may wait, at least one, so that they fit into <paramref
    /// name="memory"/> bytes beside a batch that is being grouped, one that is trained on, and a pair for each decoder.
    /// </summary>
    public static int BatchesWaiting(long memory, long bytesPerPair, int batchSize, int wanted, int decoders) =>
        (int)Math.Clamp((((memory / bytesPerPair) - decoders) / batchSize) - 2, 1, wanted);

    /// <summary>Returns the most bytes that a stream has in flight, from the pairs that decoders fill to the batch that is trained
    /// on.</summary>
    public static long MostBytes(long bytesPerPair, int batchSize, int batchesWaiting, int pairsInFlight) =>
        bytesPerPair * (((long)batchSize * (batchesWaiting + 2)) + pairsInFlight);

    private static Source<long, NotUsed> SampleNumbers(long first, long end, BatchShare share, int batch) =>
        Source.Unfold(first, next => next < end ? (next + 1, share.Sample(next, batch)) : Option<(long, long)>.None);
}
