using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Node.Http.Client;

namespace CACL.Node.Commands;

/// <summary>
/// The verbs <c>cacl pause</c>, <c>resume</c>, <c>stop</c> and <c>checkpoint</c>, which send a command to a running training.
/// </summary>
internal static class ControlCommands
{
    /// <summary>Creates <c>cacl pause</c>.</summary>
    public static Command CreatePause() => Create(
        "pause", "Holds a running training after its step, until cacl resume. Its numbers do not change by it.",
        "It does nothing that could be paused.");

    /// <summary>Creates <c>cacl resume</c>.</summary>
    public static Command CreateResume() => Create(
        "resume", "Lets a paused training go on.",
        "Go on with a run that has ended by: cacl train --config {0}/config.resolved.conf --run {0} --resume");

    /// <summary>Creates <c>cacl stop</c>.</summary>
    public static Command CreateStop() => Create(
        "stop",
        "Ends a running training: it finishes its step, saves and exits with status 130, as after Ctrl+C. cacl train --resume goes on "
            + "with it.",
        "There is nothing to stop.");

    /// <summary>Creates <c>cacl checkpoint</c>.</summary>
    public static Command CreateCheckpoint() => Create(
        "checkpoint", "Has a running training save a checkpoint after its step.", "Its last checkpoint is {0}/checkpoints/latest.");

    private static Verb Create(string name, string description, string instead)
    {
        var command = new Verb(name, description, $"cacl {name} --run runs/first");
        var address = new RunAddressOptions(command);
        command.SetAction(parsed =>
        {
            var folder = address.Folder(parsed);
            var otherwise = instead.Replace("{0}", folder, StringComparison.Ordinal);
            using var node = NodeClient.Find(folder, address.Token(parsed), otherwise);
            var answer = node.Post($"/api/{name}", new JsonObject(), otherwise);
            address.Print(
                parsed, answer, output => output.WriteLine(((string?)answer["message"])?.Replace("RUN", folder, StringComparison.Ordinal)));
        });
        return command;
    }
}
