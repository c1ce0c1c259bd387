using System.CommandLine;
using System.Text.Json.Nodes;
using CACL.Http.Client;
using CACL.Node.Display;
using CACL.Runs.Folder;
using CACL.Runs.Status;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl status</c>.</summary>
internal static class StatusCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var command = new Verb(
            "status",
            "Shows the state of a run, running or not: step, losses, checkpoint, what limits its speed, how it ended.",
            "cacl status --run runs/first",
            "cacl status --run runs/first --json");
        var address = new RunAddressOptions(command, json: "Prints one JSON object, the answer of GET /api/status.");
        command.SetAction(parsed =>
        {
            var folder = address.Folder(parsed);
            var status = Of(folder, address.Token(parsed));
            address.Print(parsed, status, output => StatusText.Write(status, folder, output));
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
