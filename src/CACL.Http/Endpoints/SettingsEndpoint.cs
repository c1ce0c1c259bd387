using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Http.Status;
using CACL.Runs.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>PATCH /api/settings</c> changes live settings, all that are sent or none. When the response is sent, the change is in the run's
/// control.jsonl.
/// </summary>
internal static class SettingsEndpoint
{
    private const string Weights = "loss_weights";

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) =>
        routes.MapPatch("/api/settings", context => AnswerAsync(context, state));

    private static async Task AnswerAsync(HttpContext context, NodeState state)
    {
        if (!await Requests.IsMeantAsync(context, state).ConfigureAwait(false)) return;
        using var body = await Requests.BodyAsync(context).ConfigureAwait(false);
        var (wishes, fault) = body is null
            ? ([], "The body is not JSON.")
            : Read(body.RootElement, LiveSettingNames.Of(state.Method.LossWeights));
        if (fault is not null)
        {
            await Answers.FaultAsync(
                context, StatusCodes.Status400BadRequest,
                $"{fault} Send an object such as {{\"learning_rate_factor\":0.5}}.").ConfigureAwait(false);
            return;
        }

        if (await Requests.RunAsync(context, state).ConfigureAwait(false) is not { } run) return;
        var answer = await run.ChangeAsync(wishes, Requests.By(context), StatusEndpoint.Patience).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
        {
            await Answers.FaultAsync(context, StatusCodes.Status409Conflict, refusal).ConfigureAwait(false);
            return;
        }

        await Answers.JsonAsync(
            context,
            StatusCodes.Status200OK,
            new JsonObject
            {
                ["changed"] = new JsonArray(
                [.. answer.Changes.Select(StatusJson.Json)]),
                ["settings"] = StatusJson.Json(answer.Now)
            }).ConfigureAwait(false);
    }

    private static (IReadOnlyList<SettingChange> Wishes, string? Fault) Read(JsonElement body, IReadOnlyList<string> names)
    {
        if (body.ValueKind != JsonValueKind.Object) return ([], "The body is not an object.");
        var fields = new List<(string Name, JsonElement Value)>();
        foreach (var field in body.EnumerateObject())
        {
            if (field.Name == Weights && field.Value.ValueKind == JsonValueKind.Object)
                fields.AddRange(field.Value.EnumerateObject().Select(w => ($"{Weights}.{w.Name}", w.Value)));
            else fields.Add((field.Name, field.Value));
        }

        if (fields.Count == 0) return ([], "There is nothing to change.");
        foreach (var (name, value) in fields)
        {
            if (!names.Contains(name))
                return ([], $"There is no setting {name} that can be changed during a run; there are {string.Join(", ", names)}.");
            if (value.ValueKind != (LiveSettingNames.IsWord(name) ? JsonValueKind.String : JsonValueKind.Number))
                return ([], $"{name} is {(LiveSettingNames.IsWord(name) ? "not a text" : "not a number")}.");
        }

        return ([.. fields.Select(f => new SettingChange(f.Name, f.Value.ToString()))], null);
    }
}
