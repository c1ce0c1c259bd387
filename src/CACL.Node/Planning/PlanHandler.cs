using System.Globalization;
using System.Text.Json;
using CACL.Data.Wording;
using CACL.Node.Display;
using CACL.Node.Ending;

namespace CACL.Node.Planning;

/// <summary>Handles <c>cacl plan</c>: answers what a training will take, as a table or as JSON.</summary>
internal static class PlanHandler
{
    // Less than that, others took the cores; the parts of a step that one thread computes alone leave more.
    private const double Undisturbed = 0.5;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Plans.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="given">What is known from the command line; it goes before what is measured.</param>
    /// <param name="measure">Measures the machine; null: nothing is measured.</param>
    /// <param name="json">Whether to write JSON.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserException">The training that is planned is impossible.</exception>
    public static int Run(PlanRequest plan, PlanFigures given, Func<PlanRequest, PlanFigures>? measure, bool json, TextWriter output)
    {
        Check(plan);
        var known = measure is null ? given : Together(given, measure(plan));
        var lines = TrainingPlan.Of(plan, known);
        if (json) output.WriteLine(AsJson(plan, known, lines));
        else Write(plan, known, lines, output);
        return ExitCodes.Success;
    }

    // The rules of the training itself, on the batch of all cards together.
    private static void Check(PlanRequest plan)
    {
        var model = plan.Settings.Model;
        if ((long)plan.Cards * plan.BatchPerCard > 1 << 20)
        {
            throw new UserException(
                $"{Counted.Of(plan.Cards, "card")} of {Counted.Of(plan.BatchPerCard, "pair")} make a batch of more than a million pairs. "
                + "Plan with a smaller --batch-per-card.");
        }

        var problems = plan.Settings.ToMethod().Problems(plan.Batch, plan.Settings.Data.CropSize, model.EnqueuePixels).ToList();
        if (problems.Count > 0) throw new UserException($"Such a training is impossible. {string.Join(' ', problems)}");
    }

    private static PlanFigures Together(PlanFigures given, PlanFigures measured) => measured with
    {
        StepSeconds = given.StepSeconds ?? measured.StepSeconds,
        DecodeSeconds = given.DecodeSeconds ?? measured.DecodeSeconds,
        VideoBytes = given.VideoBytes ?? measured.VideoBytes,
        DiskWrite = given.DiskWrite ?? measured.DiskWrite,
        Network = given.Network,
        Link = given.Link,
        CardMemory = given.CardMemory,
        // What was given as a card's pace is not that of this processor.
        StepProcessorSeconds = given.StepSeconds is null ? measured.StepProcessorSeconds : null,
        SharesCores = given.StepSeconds is null ? measured.SharesCores : given.SharesCores,
        StepMemory = given.StepMemory ?? measured.StepMemory,
    };

    private static string Title(PlanRequest plan)
    {
        var method = plan.Settings.ToMethod();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(plan.Videos, "video")}, {Counted.Of(plan.Epochs, "epoch")}: {method.Backbone} by {method.Describe().Word}, "
            + $"crops of {plan.Settings.Data.CropSize} pixels, {Counted.Of(plan.Cards, "card")} of "
            + $"{Counted.Of(plan.BatchPerCard, "pair")}");
    }

    private static void Write(PlanRequest plan, PlanFigures known, IReadOnlyList<PlanLine> lines, TextWriter output)
    {
        output.WriteLine(Title(plan));
        output.WriteLine();
        if (known.All.ToList() is { Count: > 0 } figures)
        {
            TextTable.Write(
                [["known", "", "from"], .. figures.Select(f => (string[])[f.Name, PlanUnit.Text(f.Known.Value, f.Unit), f.Known.Origin])],
                output);
            output.WriteLine();
        }

        TextTable.Write(
            [
                ["planned", "", "how"],
                .. lines.Select(line =>
                    (string[])[line.Name, line.Value is { } value ? PlanUnit.Text(value, line.Unit) : "?", line.Formula]),
            ],
            output);
        foreach (var note in Notes(plan, known, lines))
        {
            output.WriteLine();
            output.WriteLine(note);
        }
    }

    private static IEnumerable<string> Notes(PlanRequest plan, PlanFigures known, IReadOnlyList<PlanLine> lines)
    {
        var needed = known.StepMemory?.Value ?? lines.Single(line => line.Name == TrainingPlan.LeastMemory).Value!.Value;
        if (known.CardMemory is { } card && needed > card.Value)
        {
            yield return $"It does not fit: a step of {Counted.Of(plan.BatchPerCard, "pair")} needs at least "
                + $"{PlanUnit.Text(needed, PlanUnit.Bytes)}, and a card has {PlanUnit.Text(card.Value, PlanUnit.Bytes)}. Take more cards, "
                + "or a smaller --batch-per-card.";
        }

        if (plan.Settings.ToMethod().BatchNormSplits is var groups && groups % plan.Cards != 0)
        {
            yield return $"Cards share the groups of batch statistics evenly: set cacl.model.bn-splits = {groups} to a multiple of "
                + $"{plan.Cards}.";
        }

        if (known.ShareOfCores is { } share && share < Undisturbed)
        {
            yield return $"The measured steps had the cores for {Percent.Whole(share)} of their time: other programs take them. Measure "
                + "again when the machine is idle; what the duration says holds for a machine as busy as now.";
        }
    }

    private static string AsJson(PlanRequest plan, PlanFigures known, IReadOnlyList<PlanLine> lines) => JsonSerializer.Serialize(
        new
        {
            plan.Videos,
            plan.Epochs,
            plan.Cards,
            plan.BatchPerCard,
            Known = known.All.ToDictionary(f => Key(f.Name), f => new { f.Known.Value, f.Unit, From = f.Known.Origin }),
            Planned = lines.ToDictionary(line => Key(line.Name), line => new { line.Value, line.Unit, How = line.Formula }),
            Notes = Notes(plan, known, lines),
        },
        Json);

    private static string Key(string name) =>
        string.Join('_', name.Replace("'", "", StringComparison.Ordinal).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries));
}
