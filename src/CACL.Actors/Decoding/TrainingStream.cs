using System.Threading.Channels;
using Akka.Streams;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Runs.Steps;

namespace CACL.Actors.Decoding;

/// <summary>
/// The running stream of batches. Disposing it ends it and returns to the pool the memory of what the training loop has not read.
/// </summary>
internal sealed class TrainingStream : IDisposable
{
    // Workers may come and go; a bound for the stream's buffer of answers.
    private const int MostDecodersElsewhere = 1024;

    private readonly UniqueKillSwitch _switch;
    private readonly PairSource _source;
    private readonly PairsUnderway _pairs;
    private readonly CancellationTokenSource _cancel;

    private TrainingStream(
        UniqueKillSwitch killSwitch, PairSource source, ChannelReader<PairBatch> batches, PairsUnderway pairs,
        CancellationTokenSource cancel)
    {
        _source = source;
        _switch = killSwitch;
        Batches = new BatchReader(batches, pairs);
        _pairs = pairs;
        _cancel = cancel;
    }

    /// <summary>The batches in step order; completed when the stream ends.</summary>
    public ChannelReader<PairBatch> Batches { get; }

    /// <summary>Returns the number of pairs that a run keeps in flight.</summary>
    public static int PairsInFlight(RunOptions options, long bytesPerPair) => PairPipeline.PairsInFlight(
        options.InFlightMemory, bytesPerPair, options.OwnBatch, BatchesWaiting(options, bytesPerPair), options.FirstDecoders,
        mostDecoders: options.DecodesElsewhere ? MostDecodersElsewhere : Math.Max(options.FirstDecoders, Environment.ProcessorCount));

    /// <summary>Returns the number of finished batches that a run lets wait.</summary>
    public static int BatchesWaiting(RunOptions options, long bytesPerPair) => PairPipeline.BatchesWaiting(
        options.InFlightMemory, bytesPerPair, options.OwnBatch, options.PrefetchBatches, options.FirstDecoders);

    /// <summary>Returns the most bytes that a run has in flight: at most those configured, unless three batches need more.</summary>
    public static long MostBytes(RunOptions options, long bytesPerPair) => PairPipeline.MostBytes(
        bytesPerPair, options.OwnBatch, BatchesWaiting(options, bytesPerPair), PairsInFlight(options, bytesPerPair));

    /// <summary>Starts the stream at a step.</summary>
    /// <param name="materializer">Runs the stream.</param>
    /// <param name="source">Source of the pairs, which the stream owns.</param>
    /// <param name="firstStep">Step of the first batch.</param>
    /// <param name="length">Length of the run.</param>
    /// <param name="share">Which samples of each batch it has.</param>
    /// <param name="prefetchBatches">Capacity of the channel of finished batches.</param>
    /// <param name="pairsInFlight">Maximum number of pairs in flight.</param>
    /// <param name="batchesWaiting">Called on the stream's thread with the number of finished batches that wait, including the
    /// newest.</param>
    /// <param name="died">Called if the stream stops in the middle; not once it is disposed.</param>
    public static TrainingStream Start(
        IMaterializer materializer, PairSource source, long firstStep, RunLength length, BatchShare share, int prefetchBatches,
        int pairsInFlight, Action<int> batchesWaiting, Action? died = null)
    {
        var cancel = new CancellationTokenSource();
        var token = cancel.Token;
        var underway = new PairsUnderway();
        ChannelReader<PairBatch>? channel = null; // the first batches may be finished before it is assigned
        var (killSwitch, batches) = PairPipeline
            .Build(
                ProduceAsync, firstStep, length, share, pairsInFlight, prefetchBatches, () => batchesWaiting((channel?.Count ?? 0) + 1),
                Died)
            .Run(materializer);
        channel = batches;
        return new TrainingStream(killSwitch, source, batches, underway, cancel);

        void Died()
        {
            if (!token.IsCancellationRequested) died?.Invoke();
        }

        async Task<SampleOutcome> ProduceAsync(long sample)
        {
            var outcome = await source.ProduceAsync(sample, token).ConfigureAwait(false);
            return outcome.Pair is { } pair && !underway.Add(pair) ? default : outcome;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _switch.Shutdown();
        _cancel.Cancel();
        _pairs.Dispose();
        _cancel.Dispose();
        _source.Dispose();
    }
}
