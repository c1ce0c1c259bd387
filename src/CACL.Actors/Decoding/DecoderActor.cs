using System.Diagnostics;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Supervision;
using CACL.Actors.Telemetry;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;

namespace CACL.Actors.Decoding;

/// <summary>
/// Decodes one pair at a time on a dedicated thread. A faulty video is reported in the answer; any other failure crashes the actor, and
/// <see cref="DecoderPoolActor"/> decides what happens.
/// </summary>
internal sealed class DecoderActor : ReceiveActor
{
    private readonly IPairDecoder _decoder;
    private readonly IVideoLibrary _library;
    private readonly FramePairPool _memory;
    private readonly int _size;
    private readonly TimeSpan _timeout;
    private readonly RunInstruments? _instruments;
    private readonly CancellationToken _ending;

    public DecoderActor(
        Func<IPairDecoder> decoder, IVideoLibrary library, FramePairPool memory, int size, TimeSpan timeout, RunInstruments? instruments,
        CancellationToken ending)
    {
        _decoder = decoder();
        _library = library;
        _memory = memory;
        _size = size;
        _timeout = timeout;
        _instruments = instruments;
        _ending = ending;
        Receive<DecoderProtocol.Decode>(Handle);
    }

    internal static Props Props(
        Func<IPairDecoder> decoder, IVideoLibrary library, FramePairPool memory, int size, TimeSpan timeout, RunInstruments? instruments,
        CancellationToken ending) =>
        Akka.Actor.Props.Create(() => new DecoderActor(decoder, library, memory, size, timeout, instruments, ending))
            .WithDispatcher(Dispatchers.OwnThread);

    protected override void PostStop() => _decoder.Dispose();

    private void Handle(DecoderProtocol.Decode message)
    {
        var plan = message.Plan;
        var pair = _memory.Rent();
        var began = Stopwatch.GetTimestamp();
        try
        {
            var video = _library.Load(plan.VideoId);
            pair.Plan = plan;
            pair.Path = video.Path;
            _decoder.Decode(video, plan, _size, _timeout, pair.First, pair.Second, _ending);
        }
        catch (VideoUnusableException fault)
        {
            pair.Dispose();
            Sender.Tell(new DecoderProtocol.Unusable(message.Request, VideoFault.Of(fault)));
            return;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            pair.Dispose();
            return; // the pool has already answered the asker
        }
        catch
        {
            pair.Dispose();
            throw;
        }

        if (_ending.IsCancellationRequested)
        {
            pair.Dispose();
            return;
        }

        _instruments?.Decoded(Stopwatch.GetElapsedTime(began));
        Sender.Tell(new DecoderProtocol.Decoded(message.Request, pair));
    }
}
