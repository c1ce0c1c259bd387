using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CACL.Actors.Evaluation;
using CACL.Runs.Evaluations;
using CACL.Testing;

namespace CACL.Actors.Tests.Fakes;

/// <summary>Evaluates nothing: each call ends when and as the test has it end, and not by itself when it is told to.</summary>
internal sealed class EvaluatorByHand : IEvaluationEngine
{
    private readonly ConcurrentQueue<Call> _calls = [];

    /// <summary>The next call, once it is there.</summary>
    public Call Next()
    {
        Call? call = null;
        Eventually.Holds(() => _calls.TryDequeue(out call), "the next evaluation begins");
        return call!;
    }

    public Task<JsonObject> EvaluateAsync(EvaluationRequest request, CancellationToken cancel)
    {
        var call = new Call(request, cancel);
        _calls.Enqueue(call);
        return call.Result;
    }

    /// <summary>A call that has not ended yet.</summary>
    internal sealed class Call(EvaluationRequest request, CancellationToken cancel)
    {
        private readonly TaskCompletionSource<JsonObject> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EvaluationRequest Request => request;

        public Task<JsonObject> Result => _result.Task;

        /// <summary>Returns once it is told to end.</summary>
        public void IsToldToEnd() => Eventually.Holds(() => cancel.IsCancellationRequested, "the evaluation is told to end");

        public void Succeed() => _result.SetResult(new JsonObject
        {
            ["miou"] = 0.3,
            ["macc"] = 0.4,
            ["aacc"] = 0.5,
            ["manifest"] = new JsonObject(),
        });

        public void Fail(string why) => _result.SetException(new InvalidOperationException(why));

        public void EndAsTold() => _result.SetCanceled(cancel);
    }
}
