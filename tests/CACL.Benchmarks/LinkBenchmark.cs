using System.Text.Json;
using CACL.Actors.Certificates;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding.Selection;
using CACL.Data.Sampling;
using CACL.Node.Ending;
using CACL.Node.Programs;

namespace CACL.Benchmarks;

/// <summary>
/// Measures how fast pairs go from a worker to a training over this machine's loopback, in rounds by turns: a plain TCP copy of the same
/// bytes; the program's link, its frames alone; the link with TLS; the whole way with workers that decode nothing (plans, actors, pull);
/// Akka.Streams' TCP with frames and checksums; StreamRefs in chunks below the remoting's frame size. Each ends with the bytes in the
/// memory that a training reads.
/// </summary>
internal static class LinkBenchmark
{
    /// <summary>
    /// Measures, in rounds by turns, how many pairs a second come from a training's own pool with one decoder, and how many from a worker
    /// with one.
    /// </summary>
    public static int RunDecoding(string file, string folder, Options options)
    {
        var (size, pairs, rounds) = (options["size", 224], options["pairs", 200], options["rounds", 5]);
        using var catalog = VideoCatalog.OpenExisting(file);
        var shapes = catalog.LoadUsable(minFrames: 9, new VideoRoots([folder]));
        if (shapes.Length == 0) throw new UserException($"{file} knows no usable video below {folder}.");
        var planner = new SamplePlanner(new SamplingOptions { Seed = 1, CropSize = size, EnqueuePixels = 4 }, shapes);
        SamplePlan[] plans = [.. Enumerable.Range(0, pairs).Select(at => planner.Plan(at / planner.Count, at % planner.Count, 0))];
        var decoders = ProgramDecoders.Create(DecoderKind.Auto);
        var shared = new SharedFolders(new VideoRoots([folder]).Folders);
        var (here, there) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var (own, others) = (Here(), Elsewhere());
            if (round == 0) continue; // it warms up
            here.Add(pairs / own.TotalSeconds);
            there.Add(pairs / others.TotalSeconds);
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            command = "link-decode",
            size,
            pairs,
            rounds,
            here_pairs_per_s = Suite.Row.Median([.. here]),
            elsewhere_pairs_per_s = Suite.Row.Median([.. there]),
            elsewhere_to_here = Suite.Row.Median([.. there.Zip(here, (one, other) => one / other)]),
        }));
        return 0;

        TimeSpan Here() => LinkWays.Pool(size, pairs, catalog, decoders.CreateDecoder, plans);

        TimeSpan Elsewhere() =>
            LinkWays.Whole(size, pairs, catalog, shared, decoders.CreateDecoder, decoders: 1, plans, trainer: null, worker: null);
    }

    public static int Run(Options options)
    {
        var (size, pairs, rounds) = (options["size", 224], options["pairs", 2000], options["rounds", 5]);
        var folder = Directory.CreateTempSubdirectory("cacl-link-");
        try
        {
            ClusterCertificates.Make(folder.FullName, DateTimeOffset.Now);
            using var trainer = NodeCertificate.Read(folder.FullName, ClusterCertificates.Trainer, DateTimeOffset.Now);
            using var worker = NodeCertificate.Read(folder.FullName, ClusterCertificates.Worker, DateTimeOffset.Now);
            using var memory = new FramePairPool(size);
            (string Name, Func<TimeSpan> Take)[] ways =
            [
                ("plain_tcp", () => LinkWays.Plain(memory, pairs)),
                ("link", () => LinkWays.Link(memory, pairs, null, null)),
                ("link_tls", () => LinkWays.Link(memory, pairs, trainer, worker)),
                ("whole_way", () => LinkWays.Whole(size, pairs, null, null)),
                ("whole_way_tls", () => LinkWays.Whole(size, pairs, trainer, worker)),
                ("akka_streams_tcp", () => LinkAkkaWays.StreamsTcp(memory, pairs)),
                ("stream_refs", () => LinkAkkaWays.StreamRefs(memory, pairs)),
            ];
            if (options["ways", "all"] is not "all" and var chosen)
            {
                var names = chosen.Split(',');
                ways = [.. ways.Where(way => names.Contains(way.Name))];
                if (ways.Length != names.Length) throw new UserException($"{chosen}: not all of these are ways.");
            }

            foreach (var (_, take) in ways) take(); // warms up
            var seconds = ways.ToDictionary(way => way.Name, _ => new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var (name, take) in ways) seconds[name].Add(take().TotalSeconds);
            }

            var bytes = (double)memory.BytesPerPair * pairs;
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                command = "link",
                size,
                pairs,
                rounds,
                megabytes_per_s = seconds.ToDictionary(way => way.Key, way => bytes / Suite.Row.Median([.. way.Value]) / 1e6),
                pairs_per_s = seconds.ToDictionary(way => way.Key, way => pairs / Suite.Row.Median([.. way.Value])),
                share_of_plain = seconds.TryGetValue("plain_tcp", out var plain)
                    ? seconds.ToDictionary(
                        way => way.Key, way => Suite.Row.Median([.. plain.Zip(way.Value, (one, other) => one / other)]))
                    : [],
            }));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
