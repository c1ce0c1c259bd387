using System.CommandLine;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Configuration.Reading;
using CACL.Data.DataSets;
using CACL.Learning.Evaluation;
using CACL.Learning.Networks;
using CACL.Node.Evaluation;
using CACL.Runs.Evaluations;

namespace CACL.Node.Commands;

/// <summary>The verb <c>cacl evaluate</c>.</summary>
internal static class EvaluateCommand
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var checkpoint = new Option<string>("--checkpoint")
        {
            Description = "A run folder, a checkpoint's folder, a .safetensors file, or "
            + "random (an untrained network).",
            HelpName = "PATH|random",
            Required = true
        };
        var backbone = new Option<string?>("--backbone")
        {
            Description = "The network. Default: the one in the file; resnet18 for random.",
            HelpName = "resnet18|resnet50"
        };
        var kind = new Option<string>("--dataset")
        {
            Description = "Layout of the data set; cacl datasets check --help shows each one.",
            HelpName = "cityscapes|voc|folder",
            Required = true
        };
        var data = new Option<string>("--data") { Description = "Folder of the data set.", HelpName = "DIR", Required = true };
        var train = new Option<string?>("--train-split")
        {
            Description = "Split to learn from; the same as --set "
            + "cacl.evaluation.train-split=S.",
            HelpName = "S"
        };
        var test = new Option<string?>("--test-split")
        {
            Description = "Split to score; the same as --set cacl.evaluation.test-split=S.",
            HelpName = "S"
        };
        var protocol = new Option<string>("--protocol")
        {
            Description = "linear: a classifier on the frozen backbone; limited: the whole network on a share of the labels; clusters: "
                + "k-means without labels; knn: a vote of the nearest training pixels.",
            HelpName = string.Join('|', EvaluationProtocols.All),
            Required = true
        };
        var fraction = new Option<double>("--fraction")
        {
            Description = "Share of the training images, above 0, at most 1.",
            HelpName = "F",
            DefaultValueFactory = _ => 1,
            CustomParser = given => NumberOption.Read<double>(given, share => share is > 0 and <= 1, "a number above 0, at most 1"),
        };
        var variant = new Option<string>("--variant")
        {
            Description = "full, or quick: fewer and smaller images, fewer epochs.",
            HelpName = "full|quick",
            DefaultValueFactory = _ => "full"
        };
        var sweep = new Option<double[]>("--sweep-learning-rate")
        {
            Description = "Trains a linear classifier with each of these learning rates and the protocol's own, on one pass of the "
            + "backbone. Several may follow; none: a grid around the protocol's own. Training images that are held out choose the best.",
            HelpName = "RATE",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = given => NumberOption.ReadAll<double>(
                given, rate => rate is > 0 and <= 1000, "numbers above 0, at most 1000"),
        };
        var pictures = new Option<int>("--pictures")
        {
            Description = "Writes this many sheets of image, label and prediction to the folder --out.",
            HelpName = "N",
            CustomParser = given => NumberOption.Read<int>(given, number => number is >= 0 and <= 10_000, "a whole number from 0 to 10000"),
        };
        var folder = new Option<string?>("--out")
        {
            Description = "Folder for result.json, the counts of each test image, the trained classifier and pictures.",
            HelpName = "DIR"
        };
        var beside = new Option<string?>("--beside")
        {
            Description = "Folder --out of an earlier evaluation of the same images: its predictions appear on the sheets, too.",
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Prints the result as one JSON object on the last line of standard output; all else goes to standard error.",
        };
        var command = new Verb(
            "evaluate",
            "Measures how good a backbone's features are for semantic segmentation: per-class IoU, mIoU, mAcc and aAcc.",
            "cacl evaluate --checkpoint runs/first --dataset folder --data /data/camvid --protocol linear",
            "cacl evaluate --checkpoint random --dataset folder --data /data/camvid --protocol linear --variant quick --json",
            "cacl evaluate --checkpoint runs/first --dataset folder --data /data/camvid --protocol linear --sweep-learning-rate 0.01 0.1",
            "cacl evaluate --checkpoint runs/first --dataset folder --data /data/camvid --protocol knn --variant quick",
            "cacl evaluate --checkpoint runs/first --dataset cityscapes --data /data/cityscapes --protocol limited --fraction 0.01")
        {
            checkpoint, backbone, kind, data, train, test, protocol, fraction, variant, sweep, pictures, folder, beside, json,
        };
        var configuration = new ConfigurationOptions(command, required: false);
        OneOf(backbone, "resnet18", "resnet50");
        OneOf(kind, [.. SegmentationDataSets.Words]);
        OneOf(protocol, [.. EvaluationProtocols.All]);
        OneOf(variant, "full", "quick");
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(pictures) is { Implicit: false, Tokens: [var count] } && count.Value != "0"
                && parsed.GetValue(folder) is null)
                parsed.AddError("--pictures needs a folder to write to: --out DIR.");
            if (parsed.GetResult(sweep) is { Implicit: false }
                && parsed.GetResult(protocol) is { Tokens: [{ Value: not EvaluationProtocols.Linear } word] })
                parsed.AddError($"--sweep-learning-rate belongs to --protocol linear, where all rates share one pass of the frozen "
                    + $"backbone. {(word.Value == EvaluationProtocols.Limited
                        ? "In limited, every rate would train a backbone of its own." : $"{word.Value} has no learning rate.")}");
            if (parsed.GetValue(beside) is not null && parsed.GetValue(pictures) == 0)
                parsed.AddError("--beside needs sheets to show the predictions on: --pictures N --out DIR.");
        });
        command.SetAction(parsed =>
        {
            var more = new List<string>();
            if (parsed.GetValue(train) is { } trainSplit) more.Add($"cacl.evaluation.train-split={HoconWriter.Text(trainSplit)}");
            if (parsed.GetValue(test) is { } testSplit) more.Add($"cacl.evaluation.test-split={HoconWriter.Text(testSplit)}");
            var path = parsed.GetRequiredValue(checkpoint);
            return EvaluationSession.Run(
                new EvaluateRequest
                {
                    Settings = configuration.LoadClosed(parsed, [.. more]).Settings,
                    Checkpoint = path == Representation.Random ? path : FilePaths.Absolute(path),
                    Backbone =
                        parsed.GetValue(backbone) switch { "resnet18" => Backbone.ResNet18, "resnet50" => Backbone.ResNet50, _ => null },
                    Kind = SegmentationDataSets.KindOf(parsed.GetRequiredValue(kind))!.Value,
                    Data = FilePaths.Absolute(parsed.GetRequiredValue(data)),
                    Protocol = parsed.GetRequiredValue(protocol),
                    Quick = parsed.GetRequiredValue(variant) == "quick",
                    Fraction = parsed.GetValue(fraction),
                    SweepRates = parsed.GetResult(sweep) is { Implicit: false } ? parsed.GetValue(sweep) ?? [] : null,
                    Pictures = parsed.GetValue(pictures),
                    Out = parsed.GetValue(folder) is { } named ? FilePaths.Absolute(named) : null,
                    Beside = parsed.GetValue(beside) is { } other ? FilePaths.Absolute(other) : null,
                    Json = parsed.GetValue(json),
                },
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    private static void OneOf(Option option, params string[] words) => option.Validators.Add(given =>
    {
        if (given.Tokens is not [var token] || words.Contains(token.Value)) return;
        var near = EditDistance.Nearest(token.Value, words);
        given.AddError($"{option.Name} {token.Value}: expected {string.Join(", ", words[..^1])} or "
            + $"{words[^1]}.{(near is null ? "" : $" Did you mean {near}?")}");
    });
}
