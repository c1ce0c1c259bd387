using System.CommandLine;
using System.Numerics;
using CACL.Node.Ending;
using CACL.Node.Planning;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl plan</c>.</summary>
internal static class PlanCommand
{
    private const string FromCommandLine = "given";

    private const int MostCards = 65_536;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var videos = Number<int>("--videos", "N", "Number of usable videos.", n => n >= 1, "a whole number from 1 to 2147483647");
        videos.Required = true;
        var epochs = Number<int>(
            "--epochs", "E", "Number of epochs. Default: cacl.training.epochs.", n => n is >= 1 and <= 1_000_000,
            "a whole number from 1 to 1000000");
        var cards = Number<int>(
            "--cards", "C", "Number of cards that train together. Default: 1.", n => n is >= 1 and <= MostCards,
            $"a whole number from 1 to {MostCards}");
        var batch = Number<int>(
            "--batch-per-card", "B", "Pairs of a step on each card. Default: its share of cacl.training.batch-size.",
            n => n is >= 1 and <= 65_536, "a whole number from 1 to 65536");
        var pace = Number<double>(
            "--pairs-per-second", "P", "Pairs a second on which one card trains.", n => n is > 0 and < 1e9, "a number above 0");
        var cores = Number<int>(
            "--cores", "N", "Processor cores of a machine that decodes. Default: those of this machine.", n => n is >= 1 and <= 65_536,
            "a whole number from 1 to 65536");
        var decode = QuantityOption.Duration("--decode-time", "Time of one processor core to decode a pair.");
        var size = QuantityOption.Size("--video-size", "Mean size of a video's file.");
        var network = QuantityOption.Rate("--network", "What a decoding machine's network carries.");
        var link = QuantityOption.Rate("--link", "What goes from one card to the next, when cards train together.");
        var disk = QuantityOption.Rate("--disk-write", "What the disk of the checkpoints writes.");
        var memory = QuantityOption.Size("--card-memory", "Memory of a card.");
        var measure = new Option<bool>("--measure")
        {
            Description = "Measures on this machine what is not given: decodes pairs of the catalogue's videos, trains a few steps on them "
                + "and saves a checkpoint, half a minute in all.",
        };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Verb(
            "plan",
            "Says what a training will take before it is started: steps, hours, decoders, bandwidths, disk and memory, with the formulae.",
            "cacl plan --videos 240000 --epochs 200 --config hocon/kinetics-r18.conf --set cacl.data.videos=clips --measure",
            "cacl plan --videos 10000000 --epochs 10 --cards 16 --batch-per-card 32 --pairs-per-second 575 --decode-time 2.7ms --cores 16 "
                + "--link 25GB/s --network 1.2GB/s --video-size 1.3MB --config hocon/kinetics-r50.conf",
            "cacl plan --videos 240000 --json")
        {
            videos, epochs, cards, batch, pace, decode, cores, size, network, link, disk, memory, measure, json,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        command.SetAction(parsed =>
        {
            var settings = configuration.LoadClosed(parsed).Settings;
            var number = parsed.GetValue(cards) ?? 1;
            var each = parsed.GetValue(batch) ?? Share(settings.Training.BatchSize, number);
            var plan = new PlanRequest(
                settings, parsed.GetValue(videos)!.Value, parsed.GetValue(epochs) ?? settings.Training.Epochs, number, each,
                parsed.GetValue(cores) ?? Environment.ProcessorCount);
            var given = new PlanFigures
            {
                StepSeconds = Given(each / parsed.GetValue(pace)),
                DecodeSeconds = Given(parsed.GetValue(decode)),
                VideoBytes = Given(parsed.GetValue(size)),
                Network = Given(parsed.GetValue(network)),
                Link = Given(parsed.GetValue(link)),
                DiskWrite = Given(parsed.GetValue(disk)),
                CardMemory = Given(parsed.GetValue(memory)),
                SharesCores = settings.Training.Device == "cpu",
            };
            return PlanHandler.Run(
                plan, given, parsed.GetValue(measure) ? PlanMeasurement.Run : null, parsed.GetValue(json),
                parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static KnownFigure? Given(double? value) => value is { } known ? new KnownFigure(known, FromCommandLine) : null;

    // A step's pairs are those of all cards together.
    private static int Share(int batch, int cards) => batch % cards == 0
        ? batch / cards
        : throw new UserException(
            $"cacl.training.batch-size = {batch} cannot be divided among {cards} cards: take a multiple of {cards}, or name each card's "
            + "pairs with --batch-per-card.");

    private static Option<T?> Number<T>(string name, string help, string description, Func<T, bool> allows, string allowed)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = help,
            CustomParser = given => NumberOption.Read(given, allows, allowed),
        };
}
