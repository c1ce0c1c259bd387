using System.Collections.Concurrent;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Links;
using CACL.Actors.Membership;
using CACL.Actors.Supervisor;
using CACL.Actors.Tests.Fakes;
using CACL.Data.Catalog;
using CACL.Data.Decoding;
using CACL.Data.Sampling;
using CACL.Learning.Methods.Cacl;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Actors.Tests.Membership;

/// <summary>A training whose videos are decoded by workers in other actor systems, over sockets.</summary>
public sealed class DecodingElsewhereTests : IDisposable
{
    private const int Videos = 12;
    private const int Batch = 6;
    private const int Steps = 12;
    private const long BrokenVideo = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _said = new();

    public DecodingElsewhereTests()
    {
        for (var id = 1; id <= Videos; id++) File.WriteAllText(_folder.File($"{id}"), $"video {id}");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_are_the_same_bytes_with_no_one_and_three_workers_and_with_one_that_is_lost()
    {
        var alone = Train(_ => []);
        Assert.Equal((Steps, Steps), (alone.Batches.Count, alone.Batches.Distinct().Count()));
        var one = Train(hub => [Worker(hub, "one")]);
        Assert.Equal(alone.Batches, one.Batches);
        Assert.InRange(one.Elsewhere, 1, int.MaxValue);
        var three = Train(hub => [Worker(hub, "one"), Worker(hub, "two"), Worker(hub, "three")]);
        Assert.Equal(alone.Batches, three.Batches);
        var lost = Train(hub => [Worker(hub, "one"), Worker(hub, "two")], (_, workers) => workers[0].Dispose());
        Assert.Equal(alone.Batches, lost.Batches);
        Assert.InRange(lost.Elsewhere, 1, int.MaxValue);
        WorkerSystem? drained = null;
        var without = Train(
            hub => [drained = Worker(hub, "one"), Worker(hub, "two")],
            (hub, _) => hub.Drain("one"),
            () => Eventually.Holds(() => drained!.Worker.Completion.IsCompleted));
        Assert.Equal(alone.Batches, without.Batches);
    }

    [Theory]
    [InlineData("2", "ffmpeg 1")]
    [InlineData("1", "ffmpeg 2")]
    public async Task A_worker_that_would_decode_other_bytes_is_refused_with_both_versions_named(string version, string media)
    {
        var here = new FileVideos(_folder.Path, []);
        using var system = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));
        using var hub = WorkerHub.Start(system, WorkerSystem.Options(ClusterMember.Trainer), HubOptions(here), _said.Enqueue);
        using var worker = new WorkerSystem(
            hub.Address, "other", here.NewDecoder, new SharedFolders([_folder.Path]), media: media, version: version);
        var end = await worker.Worker.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.True(end.IsFault);
        Assert.Contains($"version {version} with {media}", end.Why);
        Assert.Contains("version 1 with ffmpeg 1", end.Why);
        Assert.Empty(hub.Workers);
        hub.Dispose();
        Eventually.Ends(system.Terminate());
    }

    [Fact]
    public async Task An_offer_that_comes_twice_has_one_ticket_and_leaves_the_link_alone_and_a_later_one_takes_its_place()
    {
        var here = new FileVideos(_folder.Path, []);
        using var system = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));
        using var hub = WorkerHub.Start(system, WorkerSystem.Options(ClusterMember.Trainer), HubOptions(here), _said.Enqueue);
        using var other = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Decoder), WorkerSystem.Configuration));
        var trainer = Address.Parse($"akka.tcp://cacl@{hub.Address}");
        Akka.Cluster.Cluster.Get(other).Join(trainer);
        Eventually.Holds(() => Akka.Cluster.Cluster.Get(other).SelfMember.Status == Akka.Cluster.MemberStatus.Up);
        var workers = other.ActorSelection(new RootActorPath(trainer) / "user" / WorkerHub.Name);
        var first = await Ask<WorkerProtocol.Accepted>(0);
        Assert.Equal(first, await Ask<WorkerProtocol.Accepted>(0));
        using var stream = LinkStream.Connect("127.0.0.1", first.Port, certificate: null);
        stream.Write(LinkFrame.Hello, System.Text.Encoding.ASCII.GetBytes(first.Ticket));
        Eventually.Holds(() => hub.Workers.Count == 1);
        workers.Tell(new WorkerProtocol.Offer("worker", "1", "ffmpeg 1", 1, Attempt: 0)); // it was under way
        await Ask<WorkerProtocol.Refused>(0, version: "2");
        Assert.Single(hub.Workers);
        Assert.NotEqual(first.Ticket, (await Ask<WorkerProtocol.Accepted>(1)).Ticket);
        Eventually.Holds(() => hub.Workers.Count == 0);
        Assert.Throws<LinkException>(() => ReadToItsEnd(stream));
        Eventually.Ends(other.Terminate());
        Eventually.Ends(system.Terminate());

        Task<T> Ask<T>(int attempt, string version = "1") => workers.Ask<T>(
            new WorkerProtocol.Offer("worker", version, "ffmpeg 1", 1, attempt), Eventually.Patience,
            TestContext.Current.CancellationToken);
    }

    private static void ReadToItsEnd(LinkStream stream)
    {
        while (true) stream.Read();
    }

    [Fact]
    public void A_member_can_neither_make_an_actor_in_the_trainer_nor_speak_to_any_but_the_one_for_workers()
    {
        var here = new FileVideos(_folder.Path, []);
        using var system = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));
        using var hub = WorkerHub.Start(system, WorkerSystem.Options(ClusterMember.Trainer), HubOptions(here), _said.Enqueue);
        var heard = new ConcurrentQueue<object>();
        system.ActorOf(Props.Create(() => new Hearing(heard)), "run");
        Eventually.Holds(() => heard.TryDequeue(out _));
        using var other = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Decoder), WorkerSystem.Configuration));
        var trainer = Address.Parse($"akka.tcp://cacl@{hub.Address}");
        other.ActorOf(
            Props.Create<Intruder>().WithDeploy(new Deploy(new RemoteScope(trainer))), "intruder");
        var root = new RootActorPath(trainer);
        other.ActorSelection(root / "user" / "run").Tell(new RunProtocol.Stop("because"));
        other.ActorSelection(root / "user" / WorkerHub.Name).Tell(PoisonPill.Instance);
        // What comes last has been taken in: the others came before it, and were dropped.
        Akka.Cluster.Cluster.Get(other).Join(trainer);
        Eventually.Holds(() => Akka.Cluster.Cluster.Get(other).State.Members.Count == 2);
        using var worker = new WorkerSystem(hub.Address, "worker", here.NewDecoder, new SharedFolders([_folder.Path]));
        Eventually.Holds(() => hub.Workers.Count == 1);
        Assert.Empty(heard);
        Assert.Equal(0, Intruder.Made);
        Eventually.Ends(other.Terminate());
        Eventually.Ends(system.Terminate());
    }

    private (List<string> Batches, int Elsewhere) Train(
        Func<WorkerHub, WorkerSystem[]> workers, Action<WorkerHub, WorkerSystem[]>? inTheMiddle = null, Action? before = null)
    {
        var elsewhere = 0;
        var here = new FileVideos(_folder.Path, [BrokenVideo]);
        using var run = new TemporaryFolder();
        using var system = ActorSystem.Create(
            "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));
        using var hub = WorkerHub.Start(system, WorkerSystem.Options(ClusterMember.Trainer), HubOptions(here), _said.Enqueue);
        var systems = workers(hub);
        Eventually.Holds(() => hub.Workers.Count == systems.Length);
        var seen = new List<string>();
        var training = TrainingRun.Start(system, Options(run.Path), new RunParts
        {
            Videos = FakeVideos.Shapes(Videos),
            Library = here,
            Decoder = here.NewDecoder,
            Engine = () => new BatchRecorder(seen),
            Checkpoints = new FakeStorage(),
            Workers = hub,
            Observer = step =>
            {
                if (step.Step == Steps / 3) inTheMiddle?.Invoke(hub, systems);
            },
        });
        Eventually.Holds(() => training.Completion.IsCompleted);
        var outcome = training.Completion.GetAwaiter().GetResult();
        Assert.True(outcome.End == RunEnd.Completed, outcome.Message);
        before?.Invoke();
        elsewhere = (int)hub.Workers.Sum(worker => worker.Pairs);
        foreach (var worker in systems) worker.Dispose();
        hub.Dispose();
        Eventually.Ends(system.Terminate());
        return (seen, elsewhere);
    }

    private WorkerSystem Worker(WorkerHub hub, string name) =>
        new(hub.Address, name, new FileVideos(_folder.Path, [BrokenVideo]).NewDecoder, new SharedFolders([_folder.Path]));

    private WorkerHubOptions HubOptions(IVideoLibrary library) => new()
    {
        Version = "1",
        Media = "ffmpeg 1",
        CropSize = 32,
        DecodeTimeout = TimeSpan.FromSeconds(25),
        Library = library,
        Folders = new SharedFolders([_folder.Path]),
    };

    private static RunOptions Options(string folder) => new()
    {
        Directory = folder,
        Device = "cpu",
        Sampling = new SamplingOptions { Seed = 17, CropSize = 32, EnqueuePixels = 4 },
        Method = new CaclOptions().Describe(),
        BatchSize = Batch,
        MaxSteps = Steps,
        CheckpointEverySteps = 0,
        Decoders = 1,
        DecodesElsewhere = true,
    };

    private sealed class Intruder : ReceiveActor
    {
        private static int _made;

        public Intruder() => Interlocked.Increment(ref _made);

        public static int Made => Volatile.Read(ref _made);
    }

    private sealed class Hearing : ReceiveActor
    {
        public Hearing(ConcurrentQueue<object> heard)
        {
            heard.Enqueue(Context.Self.Path);
            ReceiveAny(heard.Enqueue);
        }
    }

    /// <summary>Videos that are files of a folder, each named by its number.</summary>
    private sealed class FileVideos(string folder, HashSet<long> broken) : IVideoLibrary
    {
        private readonly FakeVideos _videos = new() { Broken = broken };

        public VideoRecord Load(long id) => _videos.Load(id) with { Path = Path.Combine(folder, $"{id}") };

        public IPairDecoder NewDecoder() => new Renamed(new FakeDecoder(_videos));

        // The fake decoder knows a video by its number alone.
        private sealed class Renamed(IPairDecoder inner) : IPairDecoder
        {
            public void Decode(
                VideoRecord video, SamplePlan plan, int size, TimeSpan deadline, Span<byte> first, Span<byte> second,
                CancellationToken cancel) =>
                inner.Decode(
                    video with { Path = $"/{Path.GetFileName(video.Path)}" }, plan, size, deadline, first, second, cancel);

            public void Dispose() => inner.Dispose();
        }
    }
}
