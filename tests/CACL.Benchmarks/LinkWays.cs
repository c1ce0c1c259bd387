using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using CACL.Actors.Certificates;
using CACL.Actors.Contracts;
using CACL.Actors.Decoding;
using CACL.Actors.Links;
using CACL.Actors.Membership;
using CACL.Actors.Serialization;
using CACL.Actors.Supervision;
using CACL.Data.Batches;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;

namespace CACL.Benchmarks;

/// <summary>Ways by which pairs go from a worker to a training: a plain copy, and the program's own.</summary>
internal static class LinkWays
{
    private static readonly Config Quiet = ConfigurationFactory
        .ParseString("akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF }")
        .WithFallback(Dispatchers.Configuration);

    /// <summary>A plain copy of the same bytes.</summary>
    public static TimeSpan Plain(FramePairPool memory, int pairs)
    {
        using var listening = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var sending = new Thread(() =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(listening.LocalEndPoint!);
            using var stream = new NetworkStream(socket);
            using var pair = memory.Rent();
            for (var sent = 0; sent < pairs; sent++)
            {
                stream.Write(pair.First);
                stream.Write(pair.Second);
            }

            socket.Shutdown(SocketShutdown.Send);
        });
        sending.Start();
        using var taken = listening.Accept();
        using var from = new NetworkStream(taken);
        var clock = Stopwatch.StartNew();
        for (var read = 0; read < pairs; read++)
        {
            using var pair = memory.Rent();
            from.ReadExactly(pair.First);
            from.ReadExactly(pair.Second);
        }

        var time = clock.Elapsed;
        sending.Join();
        return time;
    }

    /// <summary>The link's frames: headers, lengths, checksums.</summary>
    public static TimeSpan Link(FramePairPool memory, int pairs, NodeCertificate? trainer, NodeCertificate? worker)
    {
        var arrived = new TaskCompletionSource<LinkStream>();
        using var listener = LinkListener.Start(
            IPAddress.Loopback, 0, trainer, (_, stream) => arrived.SetResult(stream),
            why => arrived.SetException(new LinkException(why)));
        var sending = new Thread(() =>
        {
            using var stream = LinkStream.Connect("127.0.0.1", listener.Port, worker);
            stream.Write(LinkFrame.Hello);
            using var pair = memory.Rent();
            for (var sent = 0; sent < pairs; sent++)
                stream.Write(LinkFrame.Pair, LinkJson.Write(new LinkAnswer(sent, null)), pair.First, pair.Second);
            stream.Read(); // until all has come
        });
        sending.Start();
        using var from = arrived.Task.GetAwaiter().GetResult();
        var clock = Stopwatch.StartNew();
        for (var read = 0; read < pairs; read++)
        {
            var head = from.Read();
            _ = LinkJson.Read<LinkAnswer>(head);
            using var pair = memory.Rent();
            from.ReadPayload(head, pair.First, pair.Second);
        }

        var time = clock.Elapsed;
        from.Write(LinkFrame.Over);
        sending.Join();
        return time;
    }

    /// <summary>Everything but the decoding: plans, actors, both ends of a link.</summary>
    public static TimeSpan Whole(int size, int pairs, NodeCertificate? trainer, NodeCertificate? worker)
    {
        using var file = new Invented();
        return Whole(
            size, pairs, new Endless(file.Path), new SharedFolders([Path.GetDirectoryName(file.Path)!]), () => new Idle(), 4,
            plans: null, trainer, worker);
    }

    /// <summary>Has a worker decode plans.</summary>
    public static TimeSpan Whole(
        int size, int pairs, IVideoLibrary library, SharedFolders folders, Func<IPairDecoder> decoder, int decoders, SamplePlan[]? plans,
        NodeCertificate? trainer, NodeCertificate? worker)
    {
        var (here, there) = (
            Member(ClusterMember.Trainer, trainer), Member(ClusterMember.Decoder, worker));
        using var memory = new FramePairPool(size);
        using var system = ActorSystem.Create("cacl", ClusterSetup.Of(here, Quiet));
        using var other = ActorSystem.Create("cacl", ClusterSetup.Of(there, Quiet));
        PairMemory.Of(system).Use(memory);
        using var hub = WorkerHub.Start(
            system, here,
            new WorkerHubOptions
            {
                Version = "",
                Media = "",
                CropSize = size,
                DecodeTimeout = TimeSpan.FromMinutes(1),
                Library = library,
                Folders = folders,
            },
            _ => { });
        var done = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        plans ??= [.. Enumerable.Range(0, 64).Select(id => Plan(id))];
        system.ActorOf(Props.Create(() => new Asker(hub.Links, plans, pairs, done)));
        var place = hub.Address.Split(':');
        ClusterWorker.Start(other, there, new WorkerOptions
        {
            Name = "worker",
            TrainerHost = place[0],
            TrainerPort = int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture),
            Version = "",
            Decoders = new DecoderOffer { Media = "", Count = decoders, Create = decoder, Folders = folders },
        });
        var time = done.Task.GetAwaiter().GetResult();
        other.Terminate().GetAwaiter().GetResult();
        hub.Dispose();
        system.Terminate().GetAwaiter().GetResult();
        return time;

        static ClusterMember Member(string role, NodeCertificate? certificate) =>
            new() { Role = role, Host = "127.0.0.1", Port = 0, Certificate = certificate };
    }

    /// <summary>Has a pool of this process decode plans, with one decoder, which has four of them at a time as a worker's has.</summary>
    public static TimeSpan Pool(int size, int pairs, IVideoLibrary library, Func<IPairDecoder> decoder, SamplePlan[] plans)
    {
        using var memory = new FramePairPool(size);
        using var system = ActorSystem.Create("cacl", Quiet);
        var pool = system.ActorOf(DecoderPoolActor.Props(new DecoderPoolActor.Settings(
            1, decoder, library, memory, size, TimeSpan.FromMinutes(1), 1, TimeSpan.FromMinutes(1),
            new BackOff(TimeSpan.Zero, TimeSpan.Zero), TimeProvider.System, ActorRefs.Nobody)
        {
            Bounds = new DecoderBounds(1, 1, 0, 1),
        }));
        var done = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new PoolAsker(pool, plans, pairs, done)));
        var time = done.Task.GetAwaiter().GetResult();
        system.Terminate().GetAwaiter().GetResult();
        return time;
    }

    private static SamplePlan Plan(int id)
    {
        var view = new ViewPlan(new CropBox(0, 0, 200, 200), false, default, 0, 0);
        return new SamplePlan(0, id, 0, id, 0, 8, view, view, []);
    }

    /// <summary>A pool that asks for as many plans as the worker pulls. The clock runs from the tenth pair on.</summary>
    private sealed class Asker : ReceiveActor
    {
        private const int Before = 10;

        private readonly IActorRef _links;
        private long _began;
        private int _asked;
        private int _came;

        public Asker(IActorRef links, SamplePlan[] plans, int pairs, TaskCompletionSource<TimeSpan> done)
        {
            _links = links;
            Receive<LinkProtocol.Pull>(pull =>
            {
                for (var more = pull.Pairs; more > 0; more--)
                    Sender.Tell(new DecoderProtocol.Decode(++_asked, plans[_asked % plans.Length]));
            });
            Receive<LinkProtocol.HandedBack>(back => done.TrySetException(new LinkException(back.Why)));
            Receive<DecoderProtocol.Decoded>(message =>
            {
                message.Pair.Dispose();
                if (++_came == Before) _began = Stopwatch.GetTimestamp();
                if (_came == pairs + Before) done.TrySetResult(Stopwatch.GetElapsedTime(_began));
            });
        }

        protected override void PreStart() => _links.Tell(new LinkProtocol.Serve());
    }

    /// <summary>Asks a pool for a pair whenever one comes. The clock runs from the tenth pair on.</summary>
    private sealed class PoolAsker : ReceiveActor
    {
        private const int AtOnce = 4;
        private const int Before = 10;

        private long _began;
        private int _asked;
        private int _came;

        public PoolAsker(IActorRef pool, SamplePlan[] plans, int pairs, TaskCompletionSource<TimeSpan> done)
        {
            Receive<PoolProtocol.Decoded>(message =>
            {
                message.Pair.Dispose();
                if (++_came == Before) _began = Stopwatch.GetTimestamp();
                if (_came == pairs + Before) done.TrySetResult(Stopwatch.GetElapsedTime(_began));
                Ask();
            });
            for (var first = 0; first < AtOnce; first++) Ask();

            void Ask() => pool.Tell(new PoolProtocol.Decode(plans[++_asked % plans.Length]), Self);
        }
    }

    private sealed class Invented : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cacl-link-video-");

        public Invented() => CACL.Data.Files.AtomicFile.WriteText(Path, "invented");

        public string Path => System.IO.Path.Combine(_folder.FullName, "video.mp4");

        public void Dispose() => _folder.Delete(recursive: true);
    }

    private sealed class Endless(string path) : IVideoLibrary
    {
        private readonly VideoRecord _video = new(
            path, 0, "h264", 340, 256, default, 0, CountedBy.Packets,
            new FrameIndex(1, 30, [.. Enumerable.Range(0, 300).Select(i => (long)i)], [0], Seekable: true));

        public VideoRecord Load(long id) => _video;
    }

    private sealed class Idle : IPairDecoder
    {
        public void Decode(
            VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second, CancellationToken cancel)
        {
        }

        public void Dispose()
        {
        }
    }
}
