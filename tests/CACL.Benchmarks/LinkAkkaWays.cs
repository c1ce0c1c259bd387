using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using Akka.IO;
using Akka.Streams;
using Akka.Streams.Dsl;
using CACL.Actors.Supervision;
using CACL.Data.Batches;

namespace CACL.Benchmarks;

/// <summary>Ways by which pairs could go from a worker to a training: those that Akka.Streams has.</summary>
internal static class LinkAkkaWays
{
    private const int HeadBytes = 12;
    private const int Chunk = 100_000; // the remoting's frame is 128,000 bytes

    private static readonly Config Quiet = ConfigurationFactory
        .ParseString("akka { loggers = [], loglevel = OFF, stdout-loglevel = OFF }")
        .WithFallback(Dispatchers.Configuration);

    /// <summary>Akka.Streams' TCP: one connection, a length and a checksum before each pair.</summary>
    public static TimeSpan StreamsTcp(FramePairPool memory, int pairs)
    {
        using var system = ActorSystem.Create("tcp", Quiet);
        using var materializer = system.Materializer();
        var done = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taking = new Taking(memory, pairs, done);
        var most = (int)memory.BytesPerPair + HeadBytes;
        var binding = system.TcpStream().Bind("127.0.0.1", 0)
            .To(Sink.ForEach<Akka.Streams.Dsl.Tcp.IncomingConnection>(connection => connection.HandleWith(
                Flow.FromSinkAndSource(
                    Flow.Create<ByteString>()
                        .Via(Framing.LengthField(4, most + 4, 0, ByteOrder.LittleEndian))
                        .To(Sink.ForEach<ByteString>(frame => taking.Take(frame.Slice(4)))),
                    Source.Maybe<ByteString>().MapMaterializedValue(_ => Akka.NotUsed.Instance)),
                materializer)))
            .Run(materializer);
        var address = (IPEndPoint)binding.GetAwaiter().GetResult().LocalAddress;
        using var pair = memory.Rent();
        var bytes = new byte[memory.BytesPerPair];
        Source.From(Enumerable.Range(0, pairs))
            .Select(_ =>
            {
                var head = new byte[4 + HeadBytes];
                BinaryPrimitives.WriteInt32LittleEndian(head, HeadBytes + bytes.Length);
                BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(4), XxHash3.HashToUInt64(bytes));
                return ByteString.FromBytes(head) + ByteString.FromBytes(bytes.ToArray());
            })
            .Concat(Source.Maybe<ByteString>().MapMaterializedValue(_ => Akka.NotUsed.Instance))
            .Via(system.TcpStream().OutgoingConnection(new IPEndPoint(IPAddress.Loopback, address.Port)))
            .RunWith(Sink.Ignore<ByteString>(), materializer);
        var time = done.Task.GetAwaiter().GetResult();
        system.Terminate().GetAwaiter().GetResult();
        return time;
    }

    /// <summary>StreamRefs: pairs in chunks that the remoting's frames hold.</summary>
    public static TimeSpan StreamRefs(FramePairPool memory, int pairs)
    {
        var remote = ConfigurationFactory.ParseString(
            """
            akka {
              actor.provider = remote
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
              stream.materializer.stream-ref.buffer-capacity = 64
            }
            """).WithFallback(Quiet);
        using var here = ActorSystem.Create("here", remote);
        using var there = ActorSystem.Create("there", remote);
        using var materializer = here.Materializer();
        var done = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var offering = there.ActorOf(Props.Create(() => new Offering(memory.BytesPerPair, pairs)), "offering");
        var place = new RootActorPath(((ExtendedActorSystem)there).Provider.DefaultAddress) / "user" / "offering";
        var source = here.ActorSelection(place).Ask<ISourceRef<byte[]>>("offer", TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
        var taking = new Taking(memory, pairs, done);
        var gathered = new byte[memory.BytesPerPair + HeadBytes];
        var at = 0;
        source.Source.RunForeach(
            chunk =>
            {
                chunk.CopyTo(gathered, at);
                at += chunk.Length;
                if (at < gathered.Length) return;
                at = 0;
                taking.Take(ByteString.FromBytes(gathered));
            },
            materializer);
        var time = done.Task.GetAwaiter().GetResult();
        GC.KeepAlive(offering);
        there.Terminate().GetAwaiter().GetResult();
        here.Terminate().GetAwaiter().GetResult();
        return time;
    }

    private sealed class Offering : ReceiveActor
    {
        public Offering(long bytesPerPair, int pairs) => ReceiveAsync<string>(async _ =>
        {
            var bytes = new byte[bytesPerPair];
            var offered = await Source.From(Enumerable.Range(0, pairs))
                .SelectMany(_ => Chunks(bytes))
                .RunWith(Akka.Streams.Dsl.StreamRefs.SourceRef<byte[]>(), Context.System.Materializer());
            Sender.Tell(offered);
        });

        private static IEnumerable<byte[]> Chunks(byte[] bytes)
        {
            var head = new byte[HeadBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(head, XxHash3.HashToUInt64(bytes));
            yield return head;
            for (var at = 0; at < bytes.Length; at += Chunk) yield return bytes[at..Math.Min(bytes.Length, at + Chunk)];
        }
    }

    /// <summary>Checks what came, and copies it to where a training reads it. The clock runs from the first pair on.</summary>
    private sealed class Taking(FramePairPool memory, int pairs, TaskCompletionSource<TimeSpan> done)
    {
        private readonly byte[] _bytes = new byte[memory.BytesPerPair + HeadBytes];
        private long _began;
        private int _came;

        public void Take(ByteString frame)
        {
            if (_began == 0) _began = Stopwatch.GetTimestamp();
            frame.CopyTo(_bytes, 0, frame.Count);
            using var pair = memory.Rent();
            var content = _bytes.AsSpan(HeadBytes);
            if (XxHash3.HashToUInt64(content) != BinaryPrimitives.ReadUInt64LittleEndian(_bytes))
            {
                done.TrySetException(new InvalidDataException("A pair came damaged."));
                return;
            }

            content[..pair.First.Length].CopyTo(pair.First);
            content[pair.First.Length..].CopyTo(pair.Second);
            if (++_came == pairs) done.TrySetResult(Stopwatch.GetElapsedTime(_began));
        }
    }
}
