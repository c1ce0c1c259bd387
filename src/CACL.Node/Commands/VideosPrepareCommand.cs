using System.CommandLine;
using System.Globalization;
using CACL.Configuration.Reading;
using CACL.Data.Preparation;
using CACL.Node.Videos;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl videos prepare</c>.</summary>
internal static class VideosPrepareCommand
{
    private const string H264 = "h264";

    private const string Mjpeg = "mjpeg";

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var defaults = new PreparationFormat();
        var folders = new Argument<string[]>("DIR OUT")
        {
            Description = "Folders, list files (one path per line) or single videos; and last the folder for the prepared files.",
            Arity = new ArgumentArity(2, 100_000),
        };
        var catalog = CatalogOption.Create("The catalogue that is to know both");
        var codec = new Option<string?>("--codec")
        {
            Description = "Codec of the prepared files. mjpeg takes three to five times the space. Default: h264.",
            HelpName = $"{H264}|{Mjpeg}",
        };
        codec.AcceptOnlyFromAmong(H264, Mjpeg);
        var gop = Number("--gop", "Frames from one key frame to the next, with h264.", 1, 1000, defaults.Gop);
        var side = new Option<int>("--short-side")
        {
            Description = "Short side of the pictures in pixels, an even number; smaller pictures stay as they are.",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.ShortSide,
            CustomParser = given => NumberOption.Read<int>(
                given, number => number is >= 32 and <= 4096 && number % 2 == 0, "an even number from 32 to 4096"),
        };
        var quality = new Option<int?>("--quality")
        {
            Description = $"Less is better and larger: 0 to 51 with h264, 2 to 31 with mjpeg. Default: {defaults.UsedQuality} and "
                + $"{(defaults with { Codec = PreparedCodec.Mjpeg }).UsedQuality}.",
            HelpName = "N",
            CustomParser = given => NumberOption.Read<int>(given, number => number is >= 0 and <= 51, "a whole number from 0 to 51"),
        };
        var jobs = Number(
            "--jobs", "Files made at the same time; without it, one per processor core.", 1, 1024, new PreparationOptions().Parallelism);
        var estimate = new Option<bool>("--estimate") { Description = "Only says what it would take, and makes nothing." };
        var command = new Verb(
            "prepare",
            "Makes copies of videos from which a training reads frames several times as fast. It continues where it was stopped.",
            "cacl videos prepare /data/kinetics400/train /data/kinetics400/prepared",
            "cacl videos prepare clips more-clips prepared --gop 4 --quality 23 --jobs 8",
            "cacl videos prepare clips prepared --estimate")
        {
            folders,
            catalog,
            codec,
            gop,
            quality,
            side,
            jobs,
            estimate,
        };
        command.Validators.Add(given =>
        {
            // An option that is wrong by itself has no value to ask for, and is reported by itself.
            if (given.GetResult(codec)?.Tokens is [{ Value: Mjpeg }] && given.GetResult(quality)?.Tokens is [var token]
                && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number is < 2 or > 31)
                given.AddError("--quality: expected a whole number from 2 to 31 with mjpeg.");
        });
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed =>
        {
            var data = configuration.LoadClosed(parsed).Settings.Data;
            var given = parsed.GetRequiredValue(folders);
            var format = new PreparationFormat
            {
                Codec = parsed.GetValue(codec) == Mjpeg ? PreparedCodec.Mjpeg : PreparedCodec.H264,
                Gop = parsed.GetValue(gop),
                ShortSide = parsed.GetValue(side),
                Quality = parsed.GetValue(quality),
            };
            var request = new PrepareRequest(
                given[..^1], FilePaths.Absolute(given[^1]),
                CatalogOption.FileOf(parsed, catalog, () => data),
                new PreparationOptions { Format = format, Parallelism = parsed.GetValue(jobs), ProbeDeadline = data.DecodeTimeout },
                parsed.GetValue(estimate));
            return PrepareHandler.Run(request, data, parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int least, int most, int byDefault) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = given => NumberOption.Read<int>(
            given, number => number >= least && number <= most, $"a whole number from {least} to {most}"),
    };
}
