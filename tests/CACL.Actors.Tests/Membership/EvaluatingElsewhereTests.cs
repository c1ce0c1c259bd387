using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Akka.Actor;
using CACL.Actors.Contracts;
using CACL.Actors.Membership;
using CACL.Actors.Tests.Fakes;
using CACL.Runs.Evaluations;
using CACL.Testing;

namespace CACL.Actors.Tests.Membership;

/// <summary>A training that is evaluated by workers in other actor systems, over sockets.</summary>
public sealed partial class EvaluatingElsewhereTests : IDisposable
{
    private static readonly EvaluationTarget CamVid = new("camvid", "linear", "quick");
    private static readonly EvaluationTarget Voc = new("voc", "limited", "quick", 0.01);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeStorage _storage;
    private readonly FakeEvaluator _here = new();
    private readonly ConcurrentQueue<JsonObject> _lines = [];
    private Action<long> _beforeStep = _ => { };
    private readonly ConcurrentQueue<SupervisionDecision> _decisions = [];
    private readonly List<IDisposable> _workers = [];
    private readonly ActorSystem _system = ActorSystem.Create(
        "cacl", ClusterSetup.Of(WorkerSystem.Options(ClusterMember.Trainer), WorkerSystem.Configuration));

    public EvaluatingElsewhereTests() => _storage = new FakeStorage { Folder = _folder.File("checkpoints"), Prunes = true };

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        Eventually.Ends(_system.Terminate());
        _system.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Two_workers_evaluate_at_once_and_this_machine_evaluates_nothing()
    {
        var orders = new FakeOrders();
        using var hub = Hub(orders);
        using var both = new Barrier(2);
        Task MeetAsync(CancellationToken cancel) => Task.Run(() => Assert.True(both.SignalAndWait(Eventually.Patience, cancel)), cancel);
        Join(hub, "one", new FakeBench { Before = MeetAsync });
        Join(hub, "two", new FakeBench { Before = MeetAsync });
        Train(hub, CamVid, Voc);
        Assert.Equal(["camvid", "voc"], _lines.Select(line => $"{line["dataset"]}").Order());
        Assert.Equal(["one", "two"], _lines.Select(line => $"{line["worker"]}").Order());
        Each.Holds(_lines, line =>
        {
            Assert.Equal(("done", 1, 4L), ((string)line["status"]!, (int)line["attempts"]!, (long)line["step"]!));
            Assert.Equal(_storage.Written[^1].Snapshot.Tensors[0].Values[0], (float)line["state"]!);
        });
        Assert.Empty(_here.Seen);
        Assert.Empty(_decisions);
        Each.Holds(orders.Came, made => Assert.Equal([1, 2, 3], made.Files["evaluate.log"]));
        Assert.False(Directory.Exists(_folder.File("run", "evaluations", "pending")));
    }

    [Fact]
    public void One_worker_makes_as_many_at_once_as_it_offers()
    {
        using var hub = Hub(new FakeOrders());
        using var both = new Barrier(2);
        Join(hub, "one", new FakeBench { Before = cancel => Task.Run(() => both.SignalAndWait(Eventually.Patience, cancel), cancel) }, 2);
        Train(hub, CamVid, Voc);
        Assert.Equal(["one", "one"], _lines.Select(line => $"{line["worker"]}"));
        var status = Assert.Single(hub.Workers);
        Assert.Equal(("evaluator", 2, 2L, 0L), (status.Role, status.Evaluations, status.Evaluated, status.HandedBack));
        Assert.Empty(status.Doing);
    }

    [Fact]
    public void A_worker_that_is_lost_costs_one_more_try_here_and_one_decision()
    {
        using var hub = Hub(new FakeOrders());
        var bench = new FakeBench { Before = Eventually.Never };
        var worker = Join(hub, "one", bench);
        Train(hub, () =>
        {
            Eventually.Holds(() => bench.Begun.Count == 1);
            Assert.Equal(["step 4 on camvid (linear, quick)"], Assert.Single(hub.Workers).Doing);
            worker.Dispose();
        }, CamVid);
        var line = Assert.Single(_lines);
        Assert.Equal(("done", 2, null), ((string)line["status"]!, (int)line["attempts"]!, (string?)line["worker"]));
        Assert.StartsWith(
            "has no result of step 4 on camvid (linear, quick) from one: it is lost (", Assert.Single(_decisions).Cause,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_lost_worker_had_is_made_by_another_that_is_there()
    {
        using var hub = Hub(new FakeOrders());
        var bench = new FakeBench { Before = Eventually.Never };
        var lost = Join(hub, "one", bench);
        var go = new TaskCompletionSource();
        var other = new FakeBench { Before = go.Task.WaitAsync };
        Train(hub, () =>
        {
            Eventually.Holds(() => bench.Begun.Count == 1);
            Join(hub, "two", other);
            Eventually.Holds(() => other.Begun.Count == 1); // what the first had no place for
            lost.Dispose();
            Eventually.Holds(() => !_decisions.IsEmpty);
            go.SetResult();
        }, CamVid, Voc);
        Assert.Equal(["voc two 1", "camvid two 2"], _lines.Select(line => $"{line["dataset"]} {line["worker"]} {line["attempts"]}"));
        Assert.Empty(_here.Seen);
    }

    [Fact]
    public void A_worker_without_the_data_set_says_so_and_what_it_fails_at_is_made_here()
    {
        using var hub = Hub(new FakeOrders());
        Join(hub, "one", new FakeBench
        {
            Lacks = ["camvid"],
            Before = _ => throw new InvalidOperationException("it has no card."),
        });
        Train(hub, CamVid, Voc);
        Assert.Equal(
            ["camvid 1", "voc 2"], _lines.Select(line => $"{line["dataset"]} {line["attempts"]}{line["worker"]}").Order());
        Assert.Equal(
            "has no result of step 4 on voc (limited 1 %, quick) from one: it has no card.", Assert.Single(_decisions).Cause);
    }

    [Fact]
    public void A_result_about_something_else_does_not_count()
    {
        using var hub = Hub(new FakeOrders { Judge = _ => throw new InvalidOperationException("its result is about other images") });
        Join(hub, "one", new FakeBench());
        Train(hub, CamVid);
        Assert.Null(_lines.Single()["worker"]);
        Assert.EndsWith("from one: its result is about other images.", Assert.Single(_decisions).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_the_training_has_removed_is_still_there_for_the_worker()
    {
        using var begun = new ManualResetEventSlim();
        using var hub = Hub(new FakeOrders
        {
            Before = request =>
            {
                begun.Set();
                Eventually.Holds(() => request.Step == 4 || _storage.Written.Count >= 2);
            },
        });
        Join(hub, "one", new FakeBench());
        // A step takes no time here: the next checkpoint would replace this one before the evaluator has heard of it.
        _beforeStep = step => { if (step == 2) Eventually.IsSet(begun); };
        Train(hub, null, everySteps: 2, CamVid);
        Assert.Equal(["2 one", "4 one"], _lines.Select(line => $"{line["step"]} {line["worker"]}"));
        Assert.Equal(
            _storage.Written.Select(point => point.Snapshot.Tensors[0].Values[0]), _lines.Select(line => (float)line["state"]!));
        Assert.Empty(_decisions);
    }

    [Fact]
    public async Task A_drained_worker_finishes_what_it_has_and_ends()
    {
        using var hub = Hub(new FakeOrders());
        var go = new TaskCompletionSource();
        var bench = new FakeBench { Before = go.Task.WaitAsync };
        var worker = Join(hub, "one", bench);
        Train(hub, () =>
        {
            Eventually.Holds(() => bench.Begun.Count == 1);
            Assert.True(hub.Drain("one"));
            Eventually.Holds(() => hub.Workers.All(one => one.Leaving));
            go.SetResult();
        }, CamVid);
        Assert.Equal("one", (string)_lines.Single()["worker"]!);
        Assert.Equal("The trainer has drained this worker.", (await EndOf(worker)).Why);
    }

    [Fact]
    public async Task A_worker_that_stops_hands_back_what_takes_longer_than_it_is_waited_for()
    {
        using var hub = Hub(new FakeOrders(), TimeSpan.FromMilliseconds(50));
        var bench = new FakeBench { Before = Eventually.Never };
        var worker = Join(hub, "one", bench);
        Train(hub, () =>
        {
            Eventually.Holds(() => bench.Begun.Count == 1);
            worker.Worker.Stop();
        }, CamVid);
        Assert.Equal((2, null), ((int)_lines.Single()["attempts"]!, (string?)_lines.Single()["worker"]));
        Assert.Contains("it is leaving, and did not end", Assert.Single(_decisions).Cause, StringComparison.Ordinal);
        Assert.Equal("Stopped; the training has what was evaluated.", (await EndOf(worker)).Why);
    }

    [Fact]
    public async Task A_worker_of_another_version_is_refused_with_both_versions_named()
    {
        using var hub = Hub(new FakeOrders());
        var worker = Add(new WorkerSystem(hub.Address, "other", Offer(new FakeBench(), 1), version: "2"));
        var end = await EndOf(worker);
        Assert.True(end.IsFault);
        Assert.Contains("might measure otherwise: here is version 2, there version 1", end.Why, StringComparison.Ordinal);
        Assert.Empty(hub.Workers);
    }

    private static Task<WorkerEnd> EndOf(WorkerSystem worker) =>
        worker.Worker.Completion.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
}
