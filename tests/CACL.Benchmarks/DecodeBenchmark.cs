using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Decoding.InProcess;
using CACL.Data.Decoding.Selection;
using CACL.Data.Decoding.Workers;
using CACL.Data.Sampling;
using CACL.Data.Tests.Decoding;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Benchmarks;

/// <summary>
/// Measures the decoding of random pairs, resized, in pairs a second: of stride 8 with one crop box, or with --stride 0 of one frame, such
/// as a still image, with a box for each view; each worker has its own decoder, of the kind that --decoder names. The files
/// are probed before the clock starts, as in a real run, which has a catalogue. With several numbers of workers, each gets a line. With
/// --digest 1, a hash of all bytes is printed instead, by which two builds can be compared; with --compare N, how fast a decode worker is
/// compared with decoding in this process, in N rounds.
/// </summary>
internal static class DecodeBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int Run(string folder, Options options)
    {
        if (!FfmpegLibraries.TryLoad(out var libraries, out var whyNot)) throw new UserException(whyNot!);

        var (size, pairs, seed, stride) = (options["size", 224], options["pairs", 200], options["seed", 0], options["stride", 8]);
        var videos = Probe(libraries!, folder, stride);
        if (videos.Count == 0) throw new UserException($"No usable video lies under {folder}.");

        var requests = Requests(videos, pairs, seed, stride);
        if (options["digest", 0] == 1)
        {
            var digest = Digest(libraries!, requests, size);
            Console.WriteLine(JsonSerializer.Serialize(new { command = "decode", size, pairs, digest }));
            return 0;
        }

        if (options["compare", 0] is > 0 and var rounds)
        {
            Compare(requests, rounds, size);
            return 0;
        }

        var decoder = ProgramDecoders.Create(Kind(options["decoder", "auto"]));
        foreach (var workers in options.All("workers", 2)) Measure(decoder, requests, workers, size, videos.Count);
        return 0;
    }

    private static DecoderKind Kind(string word) => word switch
    {
        "auto" => DecoderKind.Auto,
        "worker" => DecoderKind.Worker,
        "in-process" => DecoderKind.InProcess,
        "isolated" => DecoderKind.Isolated,
        _ => throw new UserException($"{word} is no decoder: auto, worker, in-process, isolated."),
    };

    /// <summary>
    /// Compares decoding by a worker with decoding in this process, one decoder each, in rounds by turns: in each, both decode the same
    /// pairs, and who begins alternates.
    /// </summary>
    private static void Compare((VideoRecord Video, SamplePlan Plan)[] requests, int rounds, int size)
    {
        using var worker = (WorkerPairDecoder)ProgramDecoders.Create(DecoderKind.Worker).CreateDecoder();
        using var inProcess = ProgramDecoders.Create(DecoderKind.InProcess).CreateDecoder();
        foreach (var decoder in (IPairDecoder[])[inProcess, worker]) Seconds(decoder, requests, size); // warms up
        var (own, others) = (new double[rounds], new double[rounds]);
        var (before, beforeIts) = (ProcessorTime(), ProcessorTime(worker.ProcessId));
        var atHome = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            if (round % 2 == 0) own[round] = Here();
            others[round] = Seconds(worker, requests, size);
            if (round % 2 == 1) own[round] = Here();
        }

        var outside = ProcessorTime() - before - atHome + ProcessorTime(worker.ProcessId) - beforeIts;

        double Here()
        {
            var began = ProcessorTime();
            var seconds = Seconds(inProcess, requests, size);
            atHome += ProcessorTime() - began;
            return seconds;
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "decode",
            size,
            pairs = requests.Length,
            rounds,
            in_process_pairs_per_s = Suite.Row.Median([.. own.Select(seconds => requests.Length / seconds)]),
            worker_pairs_per_s = Suite.Row.Median([.. others.Select(seconds => requests.Length / seconds)]),
            ratio = Suite.Row.Median([.. own.Zip(others, (mine, its) => mine / its)]),
            in_process_processor_ms_a_pair = atHome.TotalMilliseconds / requests.Length / rounds, // these hardly depend on the neighbours
            worker_processor_ms_a_pair = outside.TotalMilliseconds / requests.Length / rounds,
            ratios = own.Zip(others, (mine, its) => Math.Round(mine / its, 3)),
        }));
    }

    private static double Seconds(IPairDecoder decoder, (VideoRecord Video, SamplePlan Plan)[] requests, int size)
    {
        var (first, second) = (new byte[size * size * 3], new byte[size * size * 3]);
        var clock = Stopwatch.StartNew();
        foreach (var (video, plan) in requests) decoder.Decode(video, plan, size, Patience, first, second, CancellationToken.None);
        return clock.Elapsed.TotalSeconds;
    }

    private static void Measure(
        PairDecoders decoders, (VideoRecord Video, SamplePlan Plan)[] requests, int workers, int size, int videos)
    {
        // warms up code and page cache, as the peer's first batch does
        using var served = new Served(decoders, workers, size);
        served.Serve(requests[..Math.Min(32, requests.Length)]);
        var (clock, processor) = (Stopwatch.StartNew(), ProcessorTime());
        served.Serve(requests);
        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "decode",
            size,
            pairs_per_s = requests.Length / seconds,
            processor_ms_a_pair = (ProcessorTime() - processor).TotalMilliseconds / requests.Length, // hardly depends on the neighbours
            workers,
            videos,
            peak_mib = ProcessMemory.PeakMib(),
        }));
    }

    private static TimeSpan ProcessorTime(int? id = null)
    {
        using var process = id is { } other ? Process.GetProcessById(other) : Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static string Digest(FfmpegLibraries libraries, (VideoRecord Video, SamplePlan Plan)[] requests, int size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var decoder = new InProcessPairDecoder(libraries);
        var (first, second) = (new byte[size * size * 3], new byte[size * size * 3]);
        foreach (var (video, plan) in requests)
        {
            decoder.Decode(video, plan, size, Patience, first, second, CancellationToken.None);
            hash.AppendData(first);
            hash.AppendData(second);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static List<VideoRecord> Probe(FfmpegLibraries libraries, string folder, int stride)
    {
        using var prober = new InProcessProber(libraries);
        var records = new List<VideoRecord>();
        foreach (
            var path in Directory.EnumerateFiles(Path.GetFullPath(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            try
            {
                var record = prober.Probe(path, Patience, CancellationToken.None);
                if (record.Frames.Count > stride) records.Add(record);
            }
            catch (VideoUnusableException)
            {
                // This file is no usable video: the peer skips such files as well.
            }
        }

        return records;
    }

    /// <summary>Plans pairs of the videos in turn, with a random frame and box each (METHOD.md §1), the same for the same seed.</summary>
    private static (VideoRecord Video, SamplePlan Plan)[] Requests(List<VideoRecord> videos, int pairs, int seed, int stride)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, pairs).Select(i =>
        {
            var video = videos[i % videos.Count];
            var (frame, box) = (random.Next(video.Frames.Count - stride), Box(video.Width, video.Height, random));
            return (video, CropPlan.Of(frame, stride, box, stride > 0 ? null : Box(video.Width, video.Height, random)));
        })];
    }

    private static CropBox Box(int width, int height, Random random)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var area = width * height * (0.2 + 0.8 * random.NextDouble());
            var aspect = Math.Exp(Math.Log(3.0 / 4) + random.NextDouble() * Math.Log(16.0 / 9));
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (w > 0 && h > 0 && w <= width && h <= height) return new(random.Next(width - w + 1), random.Next(height - h + 1), w, h);
        }

        var side = Math.Min(width, height);
        return new((width - side) / 2, (height - side) / 2, side, side);
    }

    /// <summary>Decoders that serve requests together, as those of a run do; they live as long as it.</summary>
    private sealed class Served(PairDecoders decoders, int workers, int size) : IDisposable
    {
        private readonly IPairDecoder[] _decoders = [.. Enumerable.Range(0, workers).Select(_ => decoders.CreateDecoder())];

        public void Serve((VideoRecord Video, SamplePlan Plan)[] requests)
        {
            var next = -1;
            var threads = _decoders.Select(decoder => new Thread(() =>
            {
                var (first, second) = (new byte[size * size * 3], new byte[size * size * 3]);
                for (var i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
                    decoder.Decode(requests[i].Video, requests[i].Plan, size, Patience, first, second, CancellationToken.None);
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
        }

        public void Dispose()
        {
            foreach (var decoder in _decoders) decoder.Dispose();
        }
    }
}
