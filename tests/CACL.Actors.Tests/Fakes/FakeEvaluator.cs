using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Returns the mIoU that the checkpoint's file contains, and fails on request as an evaluator may.</summary>
internal sealed class FakeEvaluator : IEvaluationEngine
{
    private int _running;

    public ConcurrentQueue<EvaluationRequest> Seen { get; } = [];

    public int MostAtOnce { get; private set; }

    /// <summary>Called by an attempt, numbered from 1, before it answers: may throw, wait, or block.</summary>
    public Func<EvaluationRequest, int, CancellationToken, Task>? Before { get; set; }

    /// <summary>Replaces the result of an attempt, or null.</summary>
    public Func<int, JsonObject?>? Result { get; set; }

    public async Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
    {
        Seen.Enqueue(request);
        var number = Seen.Count;
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        try
        {
            await (Before?.Invoke(request, number, cancel) ?? Task.CompletedTask);
            if (Result?.Invoke(number) is { } instead) return instead;
            var state = float.Parse(File.ReadAllText(Path.Combine(request.Checkpoint, "state")));
            return new JsonObject
            {
                ["miou"] = 0.312,
                ["macc"] = null,
                ["aacc"] = 0.8,
                ["seconds"] = 1.5,
                ["state"] = state,
                ["manifest"] = new JsonObject()
            };
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
