using System.CommandLine;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos</c>.</summary>
internal static class VideosCommand
{
    /// <summary>Creates the verb with its subcommands.</summary>
    public static Command Create() =>
        new Verb(
            "videos", "Finds videos to train on, makes copies of them for fast reading, or makes some.", "cacl videos make clips",
            "cacl videos scan clips", "cacl videos prepare clips prepared")
    {
        VideosScanCommand.Create(),
        VideosMergeCommand.Create(),
        VideosPrepareCommand.Create(),
        VideosListCommand.Create(),
        VideosMakeCommand.Create(),
    };
}
