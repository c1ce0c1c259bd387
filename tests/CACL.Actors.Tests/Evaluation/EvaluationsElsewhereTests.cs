using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;
using CACL.Runs.Steps;
using CsCheck;

namespace CACL.Actors.Tests.Evaluation;

/// <summary>Who makes which evaluation.</summary>
public sealed class EvaluationsElsewhereTests
{
    private static readonly EvaluationTarget CamVid = new("camvid", "linear", "quick");
    private static readonly EvaluationTarget Voc = new("voc", "linear", "quick");

    private enum What
    {
        Request,
        Join,
        Go,
        Begin,
        Succeed,
        Fail,
        Lack,
        MakeHere,
    }

    [Fact]
    public void Whatever_happens_each_request_is_made_once_or_still_known_and_no_worker_has_more_than_it_takes() =>
        Gen.Select(Gen.Enum<What>(), Gen.Int[0, 2]).Array[0, 80].Sample(events =>
        {
            var (queue, elsewhere) = (Queue(), new EvaluationsElsewhere());
            Place[] places = [new("one", 1), new("two", 2), new("three", 1)];
            var there = new HashSet<int>();
            var (requested, done, step) = (new List<EvaluationRequest>(), new List<EvaluationRequest>(), 0);
            foreach (var (what, which) in events)
            {
                switch (what)
                {
                    case What.Request:
                        var request = At(which == 0 ? Voc : CamVid, ++step);
                        requested.Add(request);
                        if (queue.Add(request) is { } former) requested.Remove(former);
                        break;
                    case What.Join:
                        elsewhere.Offer(which, places[which]);
                        there.Add(which);
                        break;
                    case What.Go:
                        elsewhere.Withdraw(which);
                        there.Remove(which);
                        break;
                    case What.Begin when elsewhere.BeginNext(queue) is { } begun:
                        Assert.Contains(begun.Place, there.Select(i => places[i]));
                        Assert.DoesNotContain(begun.Place.Worker, begun.Refused);
                        Assert.InRange(begun.Tries, 1, 2);
                        break;
                    case What.Succeed when elsewhere.Running is [var first, ..]:
                        Assert.True(elsewhere.End(first));
                        Assert.False(elsewhere.End(first));
                        done.Add(first.Request);
                        break;
                    case What.Fail when elsewhere.Running is [.., var last]:
                        Assert.True(elsewhere.End(last));
                        elsewhere.ComeBack(last, onlyHere: which == 0);
                        break;
                    case What.Lack when elsewhere.Running is [var lacking, ..]:
                        Assert.True(elsewhere.End(lacking));
                        elsewhere.Lacks(lacking);
                        break;
                    case What.MakeHere when elsewhere.TakeForHere(queue) is var (taken, _):
                        done.Add(taken);
                        break;
                }

                Assert.True(places.All(place => elsewhere.Running.Count(e => e.Place == place) <= place.AtOnce));
                Assert.Equal(
                    requested.OrderBy(r => r.Step), done.Concat(elsewhere.InUse).Concat(queue.Waiting).OrderBy(r => r.Step));
            }

            // With nobody there, all that is left is made here.
            for (var i = 0; i < places.Length; i++) elsewhere.Withdraw(i);
            foreach (var running in elsewhere.Running.ToList())
            {
                elsewhere.End(running);
                elsewhere.ComeBack(running, onlyHere: false);
            }

            while (elsewhere.TakeForHere(queue) is var (left, _)) done.Add(left);
            Assert.Equal(requested.OrderBy(r => r.Step), done.OrderBy(r => r.Step));
        });

    [Fact]
    public void This_machine_makes_nothing_that_a_worker_makes_even_if_it_has_to_wait_for_it()
    {
        var (queue, elsewhere) = (Queue(), new EvaluationsElsewhere());
        elsewhere.Offer("one", new Place("one", 1));
        queue.Add(At(CamVid, 1));
        queue.Add(At(Voc, 1));
        Assert.Equal(CamVid, elsewhere.BeginNext(queue)!.Request.Target);
        Assert.Null(elsewhere.BeginNext(queue));
        Assert.Null(elsewhere.TakeForHere(queue));
        elsewhere.Withdraw("one");
        Assert.Equal((At(Voc, 1), 0), elsewhere.TakeForHere(queue));
    }

    [Fact]
    public void What_comes_back_goes_to_another_worker_once_then_here_and_before_what_has_not_begun()
    {
        var (queue, elsewhere) = (Queue(), new EvaluationsElsewhere());
        foreach (var name in new[] { "one", "two", "three" }) elsewhere.Offer(name, new Place(name, 1));
        queue.Add(At(CamVid, 1));
        var first = elsewhere.BeginNext(queue)!;
        elsewhere.End(first);
        elsewhere.ComeBack(first, onlyHere: false);
        elsewhere.Withdraw(first.Place.Worker);
        queue.Add(At(Voc, 1));
        var second = elsewhere.BeginNext(queue)!;
        Assert.Equal((At(CamVid, 1), 2), (second.Request, second.Tries));
        Assert.NotEqual(first.Place, second.Place);
        elsewhere.End(second);
        elsewhere.ComeBack(second, onlyHere: false);
        Assert.Equal(Voc, elsewhere.BeginNext(queue)!.Request.Target);
        Assert.Null(elsewhere.BeginNext(queue));
        Assert.Equal((At(CamVid, 1), 2), elsewhere.TakeForHere(queue));
    }

    [Fact]
    public void A_worker_without_a_data_set_is_not_asked_for_it_again_and_makes_the_others()
    {
        var (queue, elsewhere) = (Queue(), new EvaluationsElsewhere());
        elsewhere.Offer("one", new Place("one", 2));
        queue.Add(At(CamVid, 1));
        var asked = elsewhere.BeginNext(queue)!;
        elsewhere.End(asked);
        elsewhere.Lacks(asked);
        queue.Add(At(CamVid, 2));
        queue.Add(At(Voc, 2));
        Assert.Equal(Voc, elsewhere.BeginNext(queue)!.Request.Target);
        Assert.Equal((At(CamVid, 1), 0), elsewhere.TakeForHere(queue));
        Assert.Equal((At(CamVid, 2), 0), elsewhere.TakeForHere(queue));
    }

    private static EvaluationQueue Queue() => new(new EvaluatorOptions { Targets = [CamVid, Voc] }, new RunLength(100, 4, 1000));

    private static EvaluationRequest At(EvaluationTarget target, long step) =>
        new(target, step, EvaluationTrigger.EverySteps, $"step-{step}");

    private sealed class Place(string worker, int atOnce) : IEvaluationPlace
    {
        public string Worker => worker;

        public int AtOnce => atOnce;

        public Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel) => throw new NotSupportedException();
    }
}
