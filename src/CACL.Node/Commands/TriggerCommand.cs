using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Http.Client;
using CACL.Runs.Evaluations;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl trigger evaluate</c>.</summary>
internal static class TriggerCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var evaluate = new Verb(
            "evaluate",
            "Evaluates a running training out of process, in its state at the end of the current step. The result is a line of "
                + "RUN/evaluations.jsonl.",
            "cacl trigger evaluate --run runs/first",
            "cacl trigger evaluate --run runs/first --dataset camvid --protocol linear --variant full");
        var address = new RunAddressOptions(evaluate);
        var dataSet = new Option<string?>("--dataset")
        {
            Description = "Name of one of the run's data sets (cacl.evaluation.datasets). "
            + "Default: all of them.",
            HelpName = "NAME"
        };
        var protocol = new Option<string?>("--protocol")
        {
            Description = "Default: as configured.",
            HelpName = string.Join('|', EvaluationProtocols.All)
        };
        var variant = new Option<string?>("--variant") { Description = "Default: as configured.", HelpName = "full|quick" };
        protocol.AcceptOnlyFromAmong([.. EvaluationProtocols.All]);
        variant.AcceptOnlyFromAmong(EvaluationProtocols.Full, EvaluationProtocols.Quick);
        foreach (var option in new Option[] { dataSet, protocol, variant }) evaluate.Add(option);
        evaluate.SetAction(parsed =>
        {
            var folder = address.Folder(parsed);
            var body = new JsonObject();
            foreach (var (name, value) in new[] { ("dataset", parsed.GetValue(dataSet)), (
                "protocol", parsed.GetValue(protocol)), ("variant", parsed.GetValue(variant)) })
            {
                if (value is not null) body[name] = value;
            }

            var instead = $"Evaluate its last checkpoint with: cacl evaluate --checkpoint {Path.Combine(folder, "checkpoints", "latest")} "
                + $"--dataset KIND --data DIR --protocol {parsed.GetValue(protocol) ?? "linear"}";
            using var node = NodeClient.Find(folder, address.Token(parsed), instead);
            var answer = node.Post("/api/evaluations", body, instead);
            address.Print(parsed, answer, output => Tell(answer, folder, output));
        });
        return new Verb("trigger", "Tells a running training to do something.", "cacl trigger evaluate --run runs/first") { evaluate };
    }

    private static void Tell(JsonObject answer, string folder, TextWriter output)
    {
        foreach (var queued in answer["queued"] as JsonArray ?? [])
            output.WriteLine($"Queued: {Words(queued)}, at the end of the current step.");
        foreach (var replaced in answer["replaced"] as JsonArray ?? [])
            output.WriteLine($"This replaces {Words(replaced)} of step {replaced?["step"]}, which was waiting.");
        output.WriteLine($"See: cacl evaluations --run {folder}");
    }

    private static string Words(JsonNode? target) =>
        $"{target?["dataset"]} ({target?["protocol"]}{(target?["fraction"] is { } fraction ? $" {fraction}" : "")}, {target?["variant"]})";
}
