using System.CommandLine;
using CACL.Node.Videos;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos list</c>.</summary>
internal static class VideosListCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var roots = new Argument<string[]>("DIR")
        {
            Description = "Folders, list files or single videos to list. Default: all that the catalogue knows.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var catalog = CatalogOption.Create("The catalogue to read");
        var command = new Verb(
            "list",
            "Lists the usable videos and images of a catalogue, a line each: frames, size, codec, path, and the prepared file if there is "
                + "one.",
            "cacl videos list clips",
            "cacl videos list --catalog videos.sqlite")
        {
            roots,
            catalog,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed =>
        {
            var file = CatalogOption.FileOf(parsed, catalog, () => configuration.LoadClosed(parsed).Settings.Data);
            return ListHandler.Run(parsed.GetValue(roots) ?? [], file, parsed.InvocationConfiguration.Output);
        });
        return command;
    }
}
