using System.CommandLine;
using System.Globalization;
using CACL.Actors.Membership;
using CACL.Node.Settings;
using CACL.Node.Working;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl worker</c>.</summary>
internal static class WorkerCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "worker",
            "Works for a training on another machine, until it is stopped or drained. It needs the same version, and the same videos or "
                + "labelled data sets.",
            "cacl worker --role decoder --join trainer.example:4053 --set cacl.data.videos=/data/clips "
                + "--set cacl.cluster.certificates=certificates",
            "cacl worker --role evaluator --join trainer.example:4053 --set cacl.evaluation.datasets=folder:/data/camvid "
                + "--set cacl.cluster.certificates=certificates");
        var role = new Option<string>("--role")
        {
            Description = "What it does: decoder decodes videos; evaluator evaluates checkpoints, cacl.cluster.evaluations at once.",
            HelpName = $"{ClusterMember.Decoder}|{ClusterMember.Evaluator}",
            Required = true,
        };
        role.AcceptOnlyFromAmong(ClusterMember.Decoder, ClusterMember.Evaluator);
        var join = new Option<string>("--join")
        {
            Description = "The trainer, as its log names it: cacl.cluster.host and cacl.cluster.port there.",
            HelpName = "HOST:PORT",
            Required = true,
        };
        join.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && Place(token.Value) is null)
                given.AddError($"--join {token.Value}: expected a host and its port, such as trainer.example:4053.");
        });
        var host = new Option<string?>("--host")
        {
            Description = "Address or name of this machine, by which the trainer reaches it. Otherwise the address from which this machine "
                + "reaches the trainer.",
            HelpName = "HOST",
        };
        host.Validators.Add(given =>
        {
            if (given.Tokens is [var token, ..] && !ClusterSettings.IsHost(token.Value))
                given.AddError($"--host {token.Value}: expected an address or a name of this machine.");
        });
        var configuration = new ConfigurationOptions(command, required: false);
        command.Add(role);
        command.Add(join);
        command.Add(host);
        command.SetAction(parsed =>
        {
            var (trainer, port) = Place(parsed.GetValue(join)!)!.Value;
            return WorkerSession.Run(
                configuration.LoadClosed(parsed), parsed.GetRequiredValue(role), trainer, port, parsed.GetValue(host));
        });
        return command;
    }

    private static (string Host, int Port)? Place(string text) =>
        text.LastIndexOf(':') is > 0 and var at && ClusterSettings.IsHost(text[..at])
            && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? (text[..at], port)
            : null;
}
