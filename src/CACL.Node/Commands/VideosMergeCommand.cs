using System.CommandLine;
using CACL.Configuration.Reading;
using CACL.Node.Videos;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos merge</c>.</summary>
internal static class VideosMergeCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var target = new Argument<string>("OUT") { Description = "The catalogue to write. If it exists, its rows keep their numbers." };
        var shards = new Argument<string[]>("CATALOGUE")
        {
            Description = "The catalogues of all shards, in any order.",
            Arity = new ArgumentArity(1, 100_000),
        };
        var root = new Option<string[]>("--root")
        {
            Description = "What the training calls a folder that the machines mounted under different names; once for each folder, in the "
                + "order of the scans.",
            HelpName = "DIR",
        };
        var command = new Verb(
            "merge",
            "Joins the catalogues that several machines made of their shards (cacl videos scan --shard I/N) into the one that a scan of "
                + "everything would have made.",
            "cacl videos merge videos.sqlite shard-1.sqlite shard-2.sqlite",
            "cacl videos merge videos.sqlite shard-1.sqlite shard-2.sqlite --root /data/kinetics400/train")
        {
            target,
            shards,
            root,
        };
        command.SetAction(parsed => MergeHandler.Run(
            FilePaths.Absolute(parsed.GetRequiredValue(target)),
            [.. parsed.GetRequiredValue(shards).Select(FilePaths.Absolute)],
            parsed.GetValue(root) ?? [],
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
