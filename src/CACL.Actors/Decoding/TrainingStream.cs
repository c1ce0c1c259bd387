using System.Threading.Channels;
using Akka.Streams;
using CACL.Data.Batches;
using CACL.Runs.Steps;

namespace CACL.Actors.Decoding;

/// <summary>The running stream of batches. Disposing it ends the stream and gives the waiting batches' memory back.</summary>
internal sealed class TrainingStream : IDisposable
{
    private readonly UniqueKillSwitch _switch;
    private readonly CancellationTokenSource _cancel;

    private TrainingStream(UniqueKillSwitch killSwitch, ChannelReader<PairBatch> batches, CancellationTokenSource cancel)
    {
        _switch = killSwitch;
        Batches = batches;
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
        var (killSwitch, batches) = PairPipeline
            .Build(sample => source.ProduceAsync(sample, token), firstStep, length, pairs, options.PrefetchBatches)
            .Run(materializer);
        return new TrainingStream(killSwitch, batches, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _switch.Shutdown();
        _cancel.Cancel();
        while (Batches.TryRead(out var batch)) batch.Dispose();
        _cancel.Dispose();
    }
}
