using System.CommandLine;
using CACL.Node.Videos;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos make</c>.</summary>
internal static class VideosMakeCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder for the clips. Existing clips are not made again." };
        var count = new Option<int>("--count")
        {
            Description = "Number of clips, 1 to 100000.",
            HelpName = "N",
            DefaultValueFactory = _ => 64,
            CustomParser = given => NumberOption.Read<int>(
                given, number => number is >= 1 and <= 100_000, "a whole number from 1 to 100000"),
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Seed; different seeds give different clips.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
            CustomParser = given => NumberOption.Read<int>(given, _ => true, "a whole number"),
        };
        var command = new Verb(
            "make",
            "Makes short clips of moving textured objects, with per-pixel labels beside them, for those who have no videos at hand.",
            "cacl videos make clips --count 64")
        {
            folder,
            count,
            seed,
        };
        command.SetAction(parsed => MakeClipsHandler.Run(
            parsed.GetRequiredValue(folder),
            parsed.GetValue(count),
            parsed.GetValue(seed),
            parsed.InvocationConfiguration.Output));
        return command;
    }
}
