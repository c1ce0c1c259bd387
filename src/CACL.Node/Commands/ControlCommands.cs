using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Http.Client;

namespace CACL.Node.Commands;

/// <summary>
/// The verbs <c>cacl pause</c>, <c>resume</c>, <c>stop</c> and <c>checkpoint</c>, which send a command to a running training.
/// </summary>
internal static class ControlCommands
{
    /// <summary>Creates <c>cacl pause</c>.</summary>
    public static Command CreatePause() => Create(
        "pause", "Pauses a running training after its current step, until cacl resume. This does not change its numbers.",
        "There is nothing to pause.");

    /// <summary>Creates <c>cacl resume</c>.</summary>
    public static Command CreateResume() => Create(
        "resume", "Continues a paused training.",
        "Continue a run that has ended with: cacl train --config {0}/config.resolved.conf --run {0} --resume");

    /// <summary>Creates <c>cacl stop</c>.</summary>
    public static Command CreateStop() => Create(
        "stop",
        "Ends a running training: it finishes its step, saves and exits with status 130, as after Ctrl+C. cacl train --resume continues "
            + "it.",
        "There is nothing to stop.");

    /// <summary>Creates <c>cacl checkpoint</c>.</summary>
    public static Command CreateCheckpoint() => Create(
        "checkpoint", "Makes a running training save a checkpoint after its step.", "Its last checkpoint is {0}/checkpoints/latest.");

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
