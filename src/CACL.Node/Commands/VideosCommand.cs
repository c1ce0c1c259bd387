using System.CommandLine;

namespace CACL.Node.Commands;

/// <summary><c>cacl videos</c>.</summary>
internal static class VideosCommand
{
    /// <summary>The verb with those below it.</summary>
    public static Command Create() => new("videos", "Finds videos to train on, or makes some.")
    {
        VideosScanCommand.Create(),
        VideosMakeCommand.Create(),
    };
}
