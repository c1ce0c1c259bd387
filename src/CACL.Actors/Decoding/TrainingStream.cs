using System.Threading.Channels;
using Akka.Streams;
using CACL.Actors.Contracts;
using CACL.Data.Batches;
using CACL.Runs.Steps;

namespace CACL.Actors.Decoding;

/// <summary>The running stream of batches. Disposing it ends it and gives back the memory of what the training loop has not read.</summary>
internal sealed class TrainingStream : IDisposable
{
    private readonly UniqueKillSwitch _switch;
    private readonly PairsUnderway _pairs;
    private readonly CancellationTokenSource _cancel;

    private TrainingStream(
        UniqueKillSwitch killSwitch, ChannelReader<PairBatch> batches, PairsUnderway pairs, CancellationTokenSource cancel)
    {
        _switch = killSwitch;
        Batches = new BatchReader(batches, pairs);
        _pairs = pairs;
        _cancel = cancel;
    }

    /// <summary>The batches, in the order of their steps; completed when the stream ends.</summary>
    public ChannelReader<PairBatch> Batches { get; }

    /// <summary>Starts the stream at a step.</summary>
    public static TrainingStream Start(
        IMaterializer materializer, PairSource source, long firstStep, RunLength length, RunOptions options, long bytesPerPair)
    {
        var cancel = new CancellationTokenSource();
        var pairs = PairPipeline.PairsInFlight(
            options.InFlightMemory, bytesPerPair, options.BatchSize, options.PrefetchBatches, options.Decoders,
            mostDecoders: Math.Max(options.Decoders, Environment.ProcessorCount));
        var token = cancel.Token;
        var underway = new PairsUnderway();
        var (killSwitch, batches) = PairPipeline
            .Build(ProduceAsync, firstStep, length, pairs, options.PrefetchBatches)
            .Run(materializer);
        return new TrainingStream(killSwitch, batches, underway, cancel);

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
    }
}
