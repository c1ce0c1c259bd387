using System.Diagnostics;
using System.Text.Json.Nodes;
using CACL.Http.Dashboard;
using CACL.Http.Status;
using CACL.Http.Supervision;
using CACL.Runs.Steps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/events</c> streams server-sent events: <c>step</c>, the last line of metrics, at most four a second; <c>status</c>, what
/// /api/status returns, each second; <c>supervision</c>, a decision of a supervisor, the kept ones first; <c>evaluation</c>, a new line of
/// evaluations.jsonl; <c>end</c>, when the run has ended or the program does. The server neither waits for a client nor keeps anything for
/// one: a client that reads slowly gets the newest events less often.
/// </summary>
internal static class EventsEndpoint
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(1);

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state, HttpLimits limits)
    {
        var places = new SemaphoreSlim(limits.Streams);
        var status = new SharedStatus(() => StatusEndpoint.ReadAsync(state));
        routes.MapGet("/api/events", context => AnswerAsync(context, state, limits, status, places)).WithMetadata(new StreamingAnswer());
    }

    private static async Task AnswerAsync(
        HttpContext context, NodeState state, HttpLimits limits, SharedStatus status, SemaphoreSlim places)
    {
        if (!await places.WaitAsync(TimeSpan.Zero, context.RequestAborted).ConfigureAwait(false))
        {
            context.Response.Headers.RetryAfter = "10";
            var sentence = $"{limits.Streams} others are already listening, the most allowed at a time. "
                + "Close a page of the dashboard, or ask GET /api/status now and then.";
            await Answers.FaultAsync(context, StatusCodes.Status503ServiceUnavailable, sentence).ConfigureAwait(false);
            return;
        }

        try
        {
            Answers.Begin(context, "text/event-stream");
            var ending = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await StreamAsync(new EventStream(context, limits.EventTimeout), state, status, ending).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    private static async Task StreamAsync(EventStream stream, NodeState state, SharedStatus status, CancellationToken ending)
    {
        var evaluations = new FileTail(state.Folder.Evaluations);
        object? sent = null;
        var decided = 0L;
        var told = 0L;
        while (true)
        {
            // This is asked before the rest is read, so that the last status and the last step are sent, too.
            var over = ending.IsCancellationRequested || state.Run?.Completion.IsCompleted == true;
            if (state.Last is { } last && !ReferenceEquals(last, sent))
            {
                sent = last;
                stream.Add("step", MetricsLine.Of(last).ToJsonString());
            }

            foreach (var decision in state.Supervision.Since(decided))
            {
                decided = decision.Number;
                stream.Add("supervision", Json(decision));
            }

            if (over || told == 0 || Stopwatch.GetElapsedTime(told) >= StatusEvery)
            {
                told = Stopwatch.GetTimestamp();
                if (await status.ReadAsync(anew: over).ConfigureAwait(false) is { } text) stream.Add("status", text);
                else stream.AddHeartbeat();
                foreach (var line in evaluations.ReadNew()) stream.Add("evaluation", line);
            }

            if (over) stream.Add("end", "{}");
            await stream.SendAsync().ConfigureAwait(false);
            if (over) return;
            await Task.Delay(Tick, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Json(NumberedDecision decision) => new JsonObject
    {
        ["time"] = StatusJson.Text(decision.Decision.Time),
        ["level"] = decision.Decision.IsGrave ? "Error" : "Warning",
        ["actor"] = decision.Decision.Name,
        ["text"] = decision.Decision.Text,
    }.ToJsonString();
}
