using System.Diagnostics;
using System.Text.Json;
using Akka.Actor;
using CACL.Actors.Supervision;
using CACL.Actors.Supervisor;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Benchmarks;

/// <summary>
/// Measures how many pairs a second a training's stream delivers when steps take no time: real videos, the real tree, decoders in worker
/// processes. With --epochs, pairs of so many epochs share a pass through their video, as cacl.data.ahead.epochs has it; videos begin
/// their blocks of epochs in turn, so that the first epochs take as long as the later ones.
/// </summary>
internal static class DeliveryBenchmark
{
    public static int Run(string videos, Options options)
    {
        var (size, batch, pairs) = (options["size", 224], options["batch", 32], options["pairs", 1600]);
        var (workers, epochs) = (options["workers", 2], options["epochs", 4]);
        var decoders = ProgramDecoders.Create(DecoderKind.Worker);
        var folder = Directory.CreateTempSubdirectory("cacl-delivery-");
        try
        {
            using var catalog = VideoCatalog.Open(Path.Combine(folder.FullName, "catalog.sqlite"));
            new VideoScanner(catalog, decoders.CreateProber).Scan([videos], new ScanOptions(), new Progress<ScanProgress>(), default);
            var usable = catalog.LoadUsable(minFrames: 9);
            if (usable.Length == 0) throw new UserException($"No usable video lies under {videos}.");
            var engine = new InventedEngine();
            using var system = ActorSystem.Create("cacl", Dispatchers.Configuration);
            var training = TrainingRun.Start(
                system,
                InventedTraining.Options(folder.FullName, batch, workers) with
                {
                    Sampling = new SamplingOptions { Seed = 1, CropSize = size, EnqueuePixels = 4 },
                    MaxSteps = pairs / batch,
                    AheadEpochs = epochs,
                    AheadSpace = 1L << 40,
                },
                new RunParts
                {
                    Videos = usable,
                    Library = catalog,
                    Decoder = decoders.CreateDecoder,
                    Engine = () => engine,
                    Checkpoints = new NoCheckpoints(),
                });
            var outcome = training.Completion.GetAwaiter().GetResult();
            if (outcome.Fault is not null) throw new InvalidOperationException(outcome.Message);
            var seconds = Stopwatch.GetElapsedTime(engine.Stamps.First, engine.Stamps.Last).TotalSeconds;
            var delivered = (engine.Steps - 1) * batch;
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                command = "deliver",
                size,
                workers,
                epochs,
                videos = usable.Length,
                pairs = delivered,
                pairs_per_s = delivered / seconds,
                peak_mib = ProcessMemory.PeakMib(),
            }));
            system.Terminate().GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
