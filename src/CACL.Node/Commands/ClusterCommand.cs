using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CACL.Actors.Certificates;
using CACL.Actors.Membership;
using CACL.Configuration.Reading;
using CACL.Http.Client;
using CACL.Node.Ending;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl cluster</c>.</summary>
internal static class ClusterCommand
{
    /// <summary>Creates the verb with its subcommands.</summary>
    public static Command Create() => new Verb(
        "cluster", "Prepares machines that work together on a run, and shows those that do.", "cacl cluster certificates certificates",
        "cacl cluster workers --run runs/first")
    {
        CreateCertificates(),
        CreateWorkers(),
        CreateDrain(),
    };

    private static Verb CreateWorkers()
    {
        var command = new Verb(
            "workers", "Shows the workers on other machines that decode or evaluate for a running training.",
            "cacl cluster workers --run runs/first");
        var address = new RunAddressOptions(command);
        command.SetAction(parsed =>
        {
            using var node = NodeClient.Find(address.Folder(parsed), address.Token(parsed), "");
            var answer = node.Send(HttpMethod.Get, "/api/workers", null, "");
            address.Print(parsed, answer, output => Tell(answer["workers"] as JsonArray ?? [], output));
        });
        return command;
    }

    private static Verb CreateDrain()
    {
        var command = new Verb(
            "drain", "Has a worker of a running training finish what it has, and end.", "cacl cluster drain node7 --run runs/first");
        var name = new Argument<string>("NAME") { Description = "The worker's name, as cacl cluster workers shows it." };
        command.Add(name);
        var address = new RunAddressOptions(command);
        command.SetAction(parsed =>
        {
            using var node = NodeClient.Find(address.Folder(parsed), address.Token(parsed), "");
            var answer = node.Post("/api/workers/drain", new JsonObject { ["worker"] = parsed.GetValue(name) }, "");
            address.Print(parsed, answer, output => output.WriteLine((string?)answer["message"]));
        });
        return command;
    }

    private static void Tell(JsonArray workers, TextWriter output)
    {
        if (workers.Count == 0)
        {
            output.WriteLine("No worker works for this run.");
            return;
        }

        foreach (var worker in workers)
        {
            var evaluates = (string?)worker?["role"] == ClusterMember.Evaluator;
            var done = evaluates
                ? $"{worker?["evaluations"]} at once, {worker?["evaluated"]} evaluations, "
                : $"{worker?["decoders"]} decoders, {worker?["pairs"]} pairs, ";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{worker?["name"]} at {worker?["address"]}: {worker?["role"]}, {Doing(worker)}, {done}"
                    + $"{(double?)worker?["bytes_per_second"] / 1e6:0.0} MB a second, {worker?["handed_back"]} "
                    + $"{(evaluates ? "evaluations" : "plans")} handed back"));
        }
    }

    private static string Doing(JsonNode? worker) => worker?["doing"] is JsonArray { Count: > 0 } doing
        ? $"{worker["state"]} ({string.Join("; ", doing)})"
        : $"{worker?["state"]}";

    private static Verb CreateCertificates()
    {
        var command = new Verb(
            "certificates",
            "Makes a small certificate authority, and certificates for a trainer and its workers: they encrypt what they send, and nobody "
                + "else can join. In a folder with an authority, makes the other certificates anew.",
            "cacl cluster certificates certificates");
        var folder = new Argument<string>("DIR") { Description = "Where to write them." };
        command.Add(folder);
        command.SetAction(parsed =>
        {
            var path = FilePaths.Absolute(parsed.GetValue(folder)!);
            var isNew = ClusterCertificates.Make(path, DateTimeOffset.Now);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(isNew
                ? $"Made an authority and its certificates in {path}:"
                : $"Made the certificates of the authority in {path} anew:");
            foreach (var (files, use) in new[]
            {
                ("ca.pem", "for every machine"),
                ("trainer.pem, trainer.key", "for the machine that trains"),
                ("worker.pem, worker.key", "for the workers"),
                ("ca.key", "makes new certificates: keep it where no other machine is"),
            })
            {
                output.WriteLine($"  {files,-26}{use}");
            }

            output.WriteLine($"Name the folder on each machine with: --set cacl.cluster.certificates={path}");
            return ExitCodes.Success;
        });
        return command;
    }
}
