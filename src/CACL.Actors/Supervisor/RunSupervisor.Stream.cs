using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Data.Sampling;
using CACL.Data.Wording;
using CACL.Runs.Videos;

namespace CACL.Actors.Supervisor;

/// <summary>Starts the decoders of a training, and the stream of batches between them and the training loop.</summary>
internal sealed partial class RunSupervisor
{
    private TrainingStream? _stream;
    private DecodingAhead? _ahead; // the stream's

    private void StartDecoders(int number, int decoders)
    {
        var self = Self;
        var pool = $"decoders-{number}";
        _ahead = DecodingAhead.Start(_options, _parts.Videos, _length, _parts.Library, _memory, GaveUp);
        var ahead = _ahead;
        _decoders = Start(
            DecoderPoolActor.Props(new DecoderPoolActor.Settings(
                decoders, ahead is null ? _parts.Decoder : () => new AheadDecoder(_parts.Decoder(), ahead), _parts.Library, _memory,
                _options.Sampling.CropSize, _options.DecodeTimeout, _options.MaxDecoderRestarts, _options.DecoderRestartWindow,
                _options.DecoderBackOff, _parts.Clock, _status)
            {
                Bounds = _options.DecoderBounds,
                Links = _parts.Workers?.Links,
                Instruments = _parts.Instruments,
            }),
            pool,
            "decoders");
        Context.Watch(_decoders);
        if (ahead is null) return;
        _log.Info(
            "Decoding ahead: a pass through a video decodes its pairs of {Epochs} epochs; they wait in the run folder's file system, in up "
                + "to {Space:0.#} MB",
            ahead.Epochs, _options.AheadSpace / 1e6);

        void GaveUp(string why) => self.Tell(new SupervisionDecision(
            $"{Name}/{pool}", $"can keep no pairs for later epochs: {why}.", "each pair is decoded in its own epoch from now on"));
    }

    private void StartStream(long firstStep)
    {
        var (self, telemetry, status, quarantine) = (Self, _telemetry, _status, _quarantine);
        var pairs = TrainingStream.PairsInFlight(_options, _memory.BytesPerPair);
        var source = new PairSource(
            _ahead?.Planner ?? new SamplePlanner(_options.Sampling, _parts.Videos), _length, _decoders, quarantine, Quarantined, self,
            DecoderPoolActor.LongestAnswer(_options, pairs), _ahead);
        if (TrainingStream.MostBytes(_options, _memory.BytesPerPair) is var most && most > _options.InFlightMemory)
        {
            _log.Warning(
                "{Setting} is {Memory:0.#} MB, too little for three batches of {Batch} pairs: frames in flight may take {Most:0.#} MB",
                SettingNames.InFlightMemory, _options.InFlightMemory / 1e6, _options.BatchSize, most / 1e6);
        }

        _materializer ??= Context.Materializer();
        _stream = TrainingStream.Start(
            _materializer, source, firstStep, _length, _options.Share, TrainingStream.BatchesWaiting(_options, _memory.BytesPerPair), pairs,
            waiting => status.Tell(new StatusProtocol.BatchesWaiting(waiting)),
            () => self.Tell(new PoolProtocol.StreamDied("The stream of batches between decoders and training has stopped by itself.")));

        void Quarantined(QuarantinedVideo video)
        {
            telemetry.Tell(new TelemetryProtocol.Quarantined(video));
            status.Tell(new StatusProtocol.BadVideos(quarantine.Bad));
        }
    }
}
