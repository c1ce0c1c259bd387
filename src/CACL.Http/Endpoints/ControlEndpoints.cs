using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Actors.Supervisor;
using CACL.Data.Wording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>POST /api/pause, /api/resume, /api/stop, /api/checkpoint</c> control the run. Each may be sent again without harm, and returns a
/// sentence, <c>message</c>, and the step after which it acts.
/// </summary>
internal static class ControlEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state)
    {
        routes.MapPost("/api/pause", context => AnswerAsync(context, state, Pause));
        routes.MapPost("/api/resume", context => AnswerAsync(context, state, Resume));
        routes.MapPost("/api/stop", context => AnswerAsync(context, state, (run, status) => Stop(run, status, state.Lingering)));
        routes.MapPost("/api/checkpoint", context => AnswerAsync(context, state, Checkpoint));
    }

    private static async Task AnswerAsync(HttpContext context, NodeState state, Func<TrainingRun, RunStatus, string?> act)
    {
        if (await Requests.RunAsync(context, state).ConfigureAwait(false) is not { } run) return;
        var status = run.Status();
        if (act(run, status) is { } message)
        {
            await Answers.JsonAsync(
                context, StatusCodes.Status202Accepted,
                new JsonObject { ["message"] = message, ["step"] = status.Step }).ConfigureAwait(false);
            return;
        }

        await Answers.FaultAsync(context, StatusCodes.Status409Conflict, "The training is already over.").ConfigureAwait(false);
    }

    private static string? Pause(TrainingRun run, RunStatus status)
    {
        if (IsOver(status)) return null;
        run.Pause();
        if (status.PausedByUser)
            return status.State == RunState.Paused
                ? $"The training is already paused, after step {status.Step}."
                : "The training has already been asked to pause.";
        return status.State == RunState.Running
            ? $"The training pauses after step {status.Step + 1}, which is being computed."
            : $"The training pauses after step {status.Step}.";
    }

    private static string? Resume(TrainingRun run, RunStatus status)
    {
        if (IsOver(status)) return null;
        run.Resume();
        if (!status.PausedByUser)
            return status.PausedByCheckpoint
                ? "The training waits for its checkpoint to be written, and continues by itself after that."
                : "The training is not paused.";
        return status.PausedByCheckpoint ? "The training continues once its checkpoint is written." : "The training continues.";
    }

    private static string? Stop(TrainingRun run, RunStatus status, Lingering lingering)
    {
        if (status.State == RunState.Ended)
        {
            lingering.End();
            return lingering.Began ? "The training is over; the program ends." : null;
        }

        run.Stop("Stopped on request.");
        if (status.State == RunState.Evaluating) return "The training is over; evaluations not yet made are left to --resume.";
        return status.Stopping ? "The training has already been asked to end." : "The training finishes the current step, saves and ends: "
            + $"{CommandLines.Train} --config RUN/config.resolved.conf --run RUN --resume continues it.";
    }

    private static string? Checkpoint(TrainingRun run, RunStatus status)
    {
        if (IsOver(status)) return null;
        run.RequestCheckpoint();
        return status.State == RunState.Paused
            ? $"A checkpoint of step {status.Step} is being saved."
            : "A checkpoint is saved after the current step.";
    }

    private static bool IsOver(RunStatus status) => status.State is RunState.Evaluating or RunState.Ended;
}
