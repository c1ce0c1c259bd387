using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Learning.Weights;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Tests.Fakes;

/// <summary>A worker's evaluations, each of which returns the number that the fetched checkpoint's file contains.</summary>
internal sealed class FakeBench : IEvaluationBench
{
    public ConcurrentQueue<EvaluationOrder> Begun { get; } = [];

    /// <summary>The data sets that this worker lacks.</summary>
    public HashSet<string> Lacks { get; init; } = [];

    /// <summary>Called before an evaluation has its result: may throw, or wait.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }

    public string? WhyNot(OrderedData data) => Lacks.Contains(data.Name) ? $"it has no data set {data.Name}" : null;

    public async Task<MadeEvaluation> EvaluateAsync(EvaluationOrder order, string checkpoint, CancellationToken cancel)
    {
        Begun.Enqueue(order);
        await (Before?.Invoke(cancel) ?? Task.CompletedTask);
        var result = new JsonObject
        {
            ["miou"] = 0.312,
            ["macc"] = null,
            ["aacc"] = 0.8,
            ["state"] = float.Parse(File.ReadAllText(Path.Combine(checkpoint, "state"))),
            ["manifest"] = new JsonObject(),
        };
        return new MadeEvaluation(result, new Dictionary<string, byte[]> { ["evaluate.log"] = [1, 2, 3] });
    }
}

/// <summary>Orders of the checkpoints that <see cref="FakeStorage"/> writes.</summary>
internal sealed class FakeOrders : IEvaluationOrders
{
    /// <summary>Called before an order is written: may block.</summary>
    public Action<EvaluationRequest>? Before { get; init; }

    /// <summary>Called with what comes back: may throw.</summary>
    public Action<MadeEvaluation>? Judge { get; init; }

    public ConcurrentQueue<MadeEvaluation> Came { get; } = [];

    public EvaluationOrder Of(EvaluationRequest request)
    {
        Before?.Invoke(request);
        var bytes = File.ReadAllBytes(Path.Combine(request.Checkpoint, "state"));
        var split = new OrderedSplit("train", 1, "0");
        return new EvaluationOrder(
            request.Target, request.Step, new OrderedData(request.Target.DataSet, "folder", split, split),
            [new CheckpointPart("state", bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)))], []);
    }

    public JsonObject Take(EvaluationRequest request, EvaluationOrder order, MadeEvaluation made)
    {
        Judge?.Invoke(made);
        Came.Enqueue(made);
        return made.Result;
    }
}
