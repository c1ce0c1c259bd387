using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Finds at a checkpoint the mIoU that its file holds; does on request what an evaluator may do wrong.</summary>
internal sealed class FakeEvaluator : IEvaluationEngine
{
    private int _running;

    public ConcurrentQueue<EvaluationRequest> Seen { get; } = [];

    public int MostAtOnce { get; private set; }

    /// <summary>What an attempt does before it answers: may throw, wait, or block. Its number counts from 1.</summary>
    public Func<EvaluationRequest, int, CancellationToken, Task>? Before { get; set; }

    /// <summary>What an attempt returns instead of its measurement, or null.</summary>
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
