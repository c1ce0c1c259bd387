using System.Diagnostics;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Membership;
using CACL.Actors.Serialization;
using CACL.Actors.Supervisor;
using CACL.Actors.Videos;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.DataParallel;
using CACL.Runs.Steps;

namespace CACL.Actors.Ranks;

/// <summary>
/// The decoders and the stream of a rank that trains with others: its share of each batch, from whatever step rank 0 asks for. Used by the
/// thread that trains.
/// </summary>
public sealed class RankBatches : IDisposable
{
    private readonly RunOptions _options;
    private readonly RunLength _length;
    private readonly VideoShape[] _videos;
    private readonly FramePairPool _memory;
    private readonly Quarantine _quarantine;
    private readonly IActorRef _supervisor;
    private readonly IActorRef _decoders;
    private readonly IMaterializer _materializer;
    private TrainingStream? _stream;
    private long _next = -1;
    private long _given;
    private TimeSpan _waited;
    private volatile string? _failure;

    private RankBatches(
        ActorSystem system, RunOptions options, VideoShape[] videos, IVideoLibrary library, Func<IPairDecoder> decoder,
        Action<SupervisionDecision> decided, WorkerHub? workers)
    {
        (_options, _videos) = (options, videos);
        _length = RunLength.Of(videos.Length, options.BatchSize, options.Epochs, options.MaxSteps);
        _memory = new FramePairPool(options.Sampling.CropSize);
        PairMemory.Of(system).Use(_memory);
        _quarantine = new Quarantine(videos.Length, 0, options.MaxBadShare);
        var pool = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = new DecoderPoolActor.Settings(
            options.Decoders, decoder, library, _memory, options.Sampling.CropSize, options.DecodeTimeout, options.MaxDecoderRestarts,
            options.DecoderRestartWindow, options.DecoderBackOff, TimeProvider.System, ActorRefs.Nobody)
        {
            Bounds = options.DecoderBounds,
            Links = workers?.Links,
        };
        _supervisor = system.ActorOf(RankDecoding.Props(settings, pool, why => _failure ??= why, decided), RunSupervisor.Name);
        _decoders = pool.Task.GetAwaiter().GetResult();
        _materializer = system.Materializer();
    }

    /// <summary>Starts the decoders.</summary>
    /// <param name="system">The actor system, which stays the caller's.</param>
    /// <param name="options">The options of the run, with this rank's share.</param>
    /// <param name="videos">The run's videos, the same on every rank.</param>
    /// <param name="library">Looks up the record of a video.</param>
    /// <param name="decoder">Creates the decoder of one decoder actor, on its thread.</param>
    /// <param name="decided">Called with each decision on a failure, on a thread that must not be blocked.</param>
    /// <param name="workers">Workers elsewhere that decode for this rank; null: there are none. They stay the caller's.</param>
    public static RankBatches Start(
        ActorSystem system, RunOptions options, VideoShape[] videos, IVideoLibrary library, Func<IPairDecoder> decoder,
        Action<SupervisionDecision> decided, WorkerHub? workers = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(videos);
        return new RankBatches(system, options, videos, library, decoder, decided, workers);
    }

    /// <inheritdoc cref="IRankInputs.Next"/>
    public PairBatch? Next(long step, TimeSpan wait)
    {
        var began = Stopwatch.GetTimestamp();
        // Rank 0 goes back when it rolls back, and begins somewhere else when it resumes.
        if (_stream is null || step < _next || step > _next + _options.PrefetchBatches) GoTo(step);
        var batch = Read(step, wait);
        _waited += Stopwatch.GetElapsedTime(began);
        if (batch is null) return null;
        var computed = _given == 0 ? 0 : (Stopwatch.GetElapsedTime(_given) - _waited).TotalSeconds;
        if (computed > 0) _decoders.Tell(new PoolProtocol.Stepped(_waited.TotalSeconds, computed, batch.Pairs.Count));
        (_given, _waited) = (Stopwatch.GetTimestamp(), TimeSpan.Zero);
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _memory.Dispose();
    }

    private PairBatch? Read(long step, TimeSpan wait)
    {
        using var time = new CancellationTokenSource(wait);
        while (true)
        {
            if (_failure is { } failure) throw new RankInputsException(failure);
            if (!_stream!.Batches.TryRead(out var batch))
            {
                if (IsThereAnother(_stream.Batches, time.Token) is not { } more) return null;
                if (more) continue;
                // Its supervisor may be about to say why.
                throw new RankInputsException(_failure ?? "its stream of batches ended before the last step.");
            }

            _next = batch.Step + 1;
            if (batch.Step == step) return batch;
            batch.Dispose(); // rank 0 leaves this step out
        }
    }

    // Null: the time is over.
    private static bool? IsThereAnother(ChannelReader<PairBatch> batches, CancellationToken time)
    {
        try
        {
            return batches.WaitToReadAsync(time).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void GoTo(long step)
    {
        _stream?.Dispose();
        var pairs = TrainingStream.PairsInFlight(_options, _memory.BytesPerPair);
        var source = new PairSource(
            new SamplePlanner(_options.Sampling, _videos), _length, _decoders, _quarantine, _ => { }, _supervisor,
            DecoderPoolActor.LongestAnswer(_options, pairs));
        _stream = TrainingStream.Start(
            _materializer, source, step, _length, _options.Share, TrainingStream.BatchesWaiting(_options, _memory.BytesPerPair), pairs,
            _ => { }, () => _failure ??= "its stream of batches has stopped by itself.");
        _next = step;
    }
}
