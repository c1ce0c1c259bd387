using System.CommandLine;
using CACL.Data.Catalog;
using CACL.Node.Videos;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos scan</c>.</summary>
internal static class VideosScanCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var roots = new Argument<string[]>("DIR")
        {
            Description = "Folders, list files (one path per line) or single videos or images. Default: cacl.data.videos.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var catalog = CatalogOption.Create("The catalogue to write");
        var shard = new Option<ScanShard?>("--shard")
        {
            Description = "Scans only share I of N, into a catalogue of its own, for machines that divide a scan: each file is in one "
                + "share, by its path below DIR. cacl videos merge joins them.",
            HelpName = "I/N",
            CustomParser = given =>
            {
                if (given.Tokens is [var token] && ScanShard.TryParse(token.Value, out var share)) return share;
                NumberOption.Refuse(given, $"I/N, such as 2/4: two whole numbers, 1 to N and at most {ScanShard.Most}");
                return null;
            },
        };
        var command = new Verb(
            "scan",
            "Finds videos and still images in folders and keeps what a run must know about each one in a catalogue. Unchanged files are "
                + "not read again.",
            "cacl videos scan /data/kinetics400/train",
            "cacl videos scan clips more-clips list.txt --catalog videos.sqlite",
            "cacl videos scan /data/videos --shard 2/4 --catalog shard-2.sqlite",
            "cacl videos scan /data/imagenet/train --set cacl.data.stride=0")
        {
            roots,
            catalog,
            shard,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed =>
        {
            var data = configuration.LoadClosed(parsed).Settings.Data;
            var file = CatalogOption.FileOf(parsed, catalog, () => data);
            var videos = parsed.GetValue(roots) is { Length: > 0 } given ? given : data.Videos;
            return ScanHandler.Run(videos, file, data, parsed.GetValue(shard), parsed.InvocationConfiguration.Output);
        });
        return command;
    }
}
