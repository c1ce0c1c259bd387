using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Node.Configuration;
using CACL.Node.Control;
using CACL.Node.Http;

namespace CACL.Node.Commands;

/// <summary><c>cacl status</c>.</summary>
internal static class StatusCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "status",
            "Tells how a run stands, whether it is running or not: step, losses, checkpoint, what holds it up, how it ended.",
            "cacl status --run runs/first",
            "cacl status --run runs/first --json");
        var configuration = new ConfigurationOptions(command, required: false);
        var run = new Option<string>("--run") { Description = "Folder of the run.", HelpName = "DIR", Required = true };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object, as GET /api/status answers." };
        command.Add(run);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var folder = FilePaths.Absolute(parsed.GetValue(run)!);
            var status = Of(folder, configuration.Load(parsed).Settings.Http.Token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteLine(status.ToJsonString());
            else StatusText.Write(status, folder, output);
        });
        return command;
    }

    private static JsonObject Of(string folder, string token)
    {
        if (NodeFile.Read(folder) is null) return FolderStatus.Of(folder);
        using var node = NodeClient.Find(folder, token, "");
        return node.TryGet("/api/status") ?? FolderStatus.Of(folder);
    }
}
