using System.Text.Json.Nodes;
using CACL.Data.Catalog;
using CACL.Data.DataSets;
using CACL.Learning.Augmentation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SkiaSharp;

namespace CACL.Http.Endpoints;

/// <summary>
/// <c>GET /api/batch</c> returns some pairs of the batch that is trained on, after augmentation. The first request asks the training for a
/// copy and waits a few seconds for the next step; later ones get the newest copy and ask for another.
/// </summary>
internal static class BatchEndpoint
{
    private const int Quality = 85;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Maps the endpoint.</summary>
    public static void Map(IEndpointRouteBuilder routes, NodeState state) =>
        routes.MapGet("/api/batch", context => AnswerAsync(context, state.Preview));

    /// <summary>Returns the response for a copy.</summary>
    internal static JsonObject Json(PreviewedBatch batch) => new()
    {
        ["step"] = batch.Step,
        ["epoch"] = batch.Epoch,
        ["size"] = batch.Size,
        ["side"] = batch.Side,
        ["pairs"] = new JsonArray([.. batch.Pairs.Select(pair => Json(pair, batch.Side))]),
    };

    private static async Task AnswerAsync(HttpContext context, BatchPreview preview)
    {
        var before = preview.Latest;
        var comes = preview.Request() || before is null;
        for (var waited = TimeSpan.Zero; comes && waited < Patience && ReferenceEquals(
            preview.Latest, before) && preview.Fault is null; waited += Look)
            await Task.Delay(Look, context.RequestAborted).ConfigureAwait(false);
        var answer = preview switch
        {
            { Latest: { } latest } => Json(latest),
            { Fault: { } fault } =>
                new JsonObject { ["pairs"] = new JsonArray(), ["message"] = $"The pictures could not be made: {fault}" },
            _ => new JsonObject { ["pairs"] = new JsonArray(), ["message"] = "No step has begun since you asked. Ask again later." },
        };
        await Answers.JsonAsync(context, StatusCodes.Status200OK, answer).ConfigureAwait(false);
    }

    private static JsonObject Json(PreviewedPair pair, int side) => new()
    {
        ["video"] = pair.Path,
        ["still"] = VideoFileTypes.IsStill(pair.Path),
        ["frame"] = pair.Plan.Frame,
        ["second_frame"] = pair.Plan.Frame + pair.Plan.Stride,
        ["flip"] = pair.Plan.View.Flip,
        ["flip_plus"] = pair.Plan.ViewPlus.Flip,
        ["roll"] = new JsonArray(pair.Plan.View.RollY, pair.Plan.View.RollX),
        ["roll_plus"] = new JsonArray(pair.Plan.ViewPlus.RollY, pair.Plan.ViewPlus.RollX),
        ["image"] = "data:image/jpeg;base64," + Convert.ToBase64String(Picture(pair, side)),
    };

    // The second view stands below the first.
    private static byte[] Picture(PreviewedPair pair, int side)
    {
        using var bitmap = Pixels.OfRgb(side, 2 * side, [.. pair.View, .. pair.ViewPlus]);
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }
}
