using System.Text.Json;
using CACL.Learning.Evaluation;
using CACL.Learning.Evaluation.Confidence;
using CACL.Learning.Evaluation.Protocols;
using CACL.Learning.Methods.Cacl;
using CACL.Node.Ending;
using CACL.Node.Pictures;
using CACL.Node.Tests.Pictures;
using CACL.Testing;
using SkiaSharp;

namespace CACL.Node.Tests.EndToEnd;

public sealed class EvaluateTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private static JsonElement? _plain;

    [Fact]
    public void The_result_is_the_last_line_and_a_file_and_repeats_to_the_bit()
    {
        var folder = runs.Folder("evaluated");
        using var first = CaclProcess.Start([.. Evaluate("random", "linear"), "--json", "--out", folder, "--pictures", "2"]);
        var result = Result(first);
        Assert.Equal(Figures(result), Figures(Plain()));
        Assert.Equal(result.GetRawText(), File.ReadAllText(Path.Combine(folder, "result.json")).TrimEnd('\n'));
        Assert.Equal(
            ["classifier.safetensors", "counts.safetensors", "pictures", "predictions", "result.json"],
            Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());

        var iou = result.GetProperty("iou").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(["ground", "disc"], result.GetProperty("classes").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(2, iou.Length);
        Assert.Equal(iou.Average(), result.GetProperty("miou").GetDouble(), 1e-12);
        foreach (var score in new[] { "miou", "macc", "aacc" }) Assert.InRange(result.GetProperty(score).GetDouble(), 0, 1);
        Assert.InRange(result.GetProperty("seconds").GetDouble(), 0.001, 120);
        Assert.Equal(JsonValueKind.Array, result.GetProperty("notes").ValueKind);

        // Each of four resamples of two images is as likely: the interval reaches from one image's score to the other's.
        var (counts, names) = ImageCountsFile.Read(Path.Combine(folder, "counts.safetensors"));
        Assert.Equal(["0", "1"], names);
        Assert.Equal(result.GetProperty("miou").GetDouble(), counts.Scores().MeanIou);
        var intervals = result.GetProperty("intervals");
        Assert.Equal(
            (0.95, 1000, 2), (intervals.GetProperty("level").GetDouble(), intervals.GetProperty("resamples").GetInt32(),
                intervals.GetProperty("images").GetInt32()));
        var alone = Enumerable.Range(0, 2).Select(image =>
        {
            var of = new long[4];
            counts.AddTo(image, 1, of);
            return SegmentationScores.Of(2, of).MeanIou;
        });
        Assert.Equal(alone.Order(), intervals.GetProperty("miou").EnumerateArray().Select(end => end.GetDouble()));
        Assert.Equal(2, intervals.GetProperty("iou").GetArrayLength());

        var manifest = result.GetProperty("manifest");
        var (data, protocol, checkpoint, program) = (
            manifest.GetProperty("dataset"), manifest.GetProperty("protocol"), manifest.GetProperty("checkpoint"),
            manifest.GetProperty("program"));
        Assert.Equal(("folder", 2), (data.GetProperty("kind").GetString(), data.GetProperty("classes").GetInt32()));
        foreach (var (part, split) in new[] { ("train", "train"), ("test", "val") })
        {
            Assert.Equal(
                (split, 2),
                (data.GetProperty(part).GetProperty("split").GetString(), data.GetProperty(part).GetProperty("images").GetInt32()));
            Assert.Matches("^[0-9a-f]{64}$", data.GetProperty(part).GetProperty("sha256").GetString());
        }

        Assert.Equal(("linear", "quick", 1.0), (
            protocol.GetProperty("name").GetString(), protocol.GetProperty("variant").GetString(),
            protocol.GetProperty("fraction").GetDouble()));
        Assert.Equal((3, 32), (protocol.GetProperty("epochs").GetInt32(), protocol.GetProperty("image_size").GetInt32()));
        Assert.Equal((0, "resnet18", "random"), (
            checkpoint.GetProperty("step").GetInt32(), checkpoint.GetProperty("backbone").GetString(),
            checkpoint.GetProperty("source").GetString()));
        Assert.Equal(("cpu", 1), (program.GetProperty("device").GetString(), program.GetProperty("threads").GetInt32()));
        Assert.StartsWith("0.", program.GetProperty("version").GetString(), StringComparison.Ordinal);

        var classifier = LinearClassifierFile.Read(Path.Combine(folder, "classifier.safetensors"));
        Assert.Equal(checkpoint.GetProperty("sha256").GetString(), classifier.CheckpointSha256);
        Assert.Equal([("ground", 0), ("disc", 255)], classifier.Classes.Select(c => (c.Name, (int)c.Red)));
        foreach (var picture in new[] { "0.png", "1.png" })
        {
            using var sheet = SKBitmap.Decode(Path.Combine(folder, "pictures", picture));
            Assert.InRange(sheet.Width, 3 * 32, 4096);
        }
    }

    [Fact]
    public void Another_networks_predictions_stand_beside_the_new_ones()
    {
        LongTests.Only("Three evaluations");
        var (before, after) = (runs.Folder("untrained"), runs.Folder("trained"));
        Succeed([.. Evaluate("random", "linear"), "--out", before, "--pictures", "2"]);
        Succeed([.. Evaluate("random", "linear"), "--out", after, "--pictures", "2", "--beside", before, "--set", "cacl.seed=7"]);
        Each.Holds(["0.png", "1.png"], picture =>
        {
            using var alone = SKBitmap.Decode(Path.Combine(before, "pictures", picture));
            using var both = SKBitmap.Decode(Path.Combine(after, "pictures", picture));
            // Three panels became four.
            Assert.Equal((alone.Width - Sheet.Margin) / 3 * 4, both.Width - Sheet.Margin);
            // The image, its label and the other network's prediction are the same on both.
            var (width, height) = EvaluationSheet.PanelSize(32, 32);
            for (var panel = 0; panel < 3; panel++)
            {
                var place = EvaluationSheet.PanelPlace(panel, width, height);
                Assert.Equal(Crop(alone, place), Crop(both, place));
            }
        });

        var (exit, output) = CaclProcess.Run(
            [.. Evaluate("random", "linear"), "--out", runs.Folder("third"), "--pictures", "2", "--beside", runs.Folder("nothing")]);
        Assert.NotEqual(0, exit);
        Assert.Contains("There are no predictions in", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_its_checkpoint_and_what_is_exported_of_it_score_alike()
    {
        const int Step = 16;
        var (run, exported) = (runs.Undisturbed, runs.Folder("exported.safetensors"));
        Succeed("export", "--checkpoint", run, "--out", exported);
        // This is the run without its link to the newest checkpoint.
        var lost = runs.Folder("lost");
        Directory.CreateDirectory(Path.Combine(lost, "checkpoints"));
        var newest = Path.Combine("checkpoints", $"step-{Step:D8}");
        Directory.CreateSymbolicLink(Path.Combine(lost, newest), Path.Combine(run, newest));
        string[] paths = [run, Path.Combine(run, newest), exported, lost];
        var processes = paths.Select(path => CaclProcess.Start([.. Evaluate(path, "linear"), "--json"])).ToArray();
        var results = processes.Select(Result).ToArray();
        string[] said = [.. processes.Select(p => p.Output)];
        foreach (var process in processes) process.Dispose();
        Each.Holds(results, r => Assert.Equal(Figures(results[0]), Figures(r)));
        Each.Holds(results, r => Assert.Equal(Step, r.GetProperty("manifest").GetProperty("checkpoint").GetProperty("step").GetInt32()));
        string?[] hashes = [.. results.Select(r => r.GetProperty("manifest").GetProperty("checkpoint").GetProperty("sha256").GetString())];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
        Assert.DoesNotContain("latest", results[0].GetProperty("notes").GetRawText(), StringComparison.Ordinal);
        Assert.Contains($"step-{Step:D8}, is taken instead.", results[3].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains($"step-{Step:D8}, is taken instead.", said[3], StringComparison.Ordinal);
    }

    private static SKColor[] Crop(SKBitmap sheet, SKRect place) =>
        [.. from y in Enumerable.Range((int)place.Top, (int)place.Height)
            from x in Enumerable.Range((int)place.Left, (int)place.Width)
            select sheet.GetPixel(x, y)];

    [Fact]
    public void Few_labels_train_the_whole_network()
    {
        var folder = runs.Folder("limited");
        using var process = CaclProcess.Start([
            .. Evaluate("random", "limited"), "--fraction", "0.5", "--json", "--out", folder, "--set",
            "cacl.evaluation.bootstrap-resamples=0"]);
        var result = Result(process);
        Assert.Equal(JsonValueKind.Null, result.GetProperty("intervals").ValueKind);
        Assert.Matches(@"\nmIoU +\d+\.\d\d\n", process.Output);
        var manifest = result.GetProperty("manifest");
        Assert.Equal(("limited", 0.5), (
            manifest.GetProperty("protocol").GetProperty("name").GetString(),
            manifest.GetProperty("protocol").GetProperty("fraction").GetDouble()));
        Assert.Equal(1, manifest.GetProperty("dataset").GetProperty("train").GetProperty("images").GetInt32());
        // Its classifier belongs to a backbone that was not kept.
        Assert.Equal(
            ["counts.safetensors", "result.json"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_sweep_tries_rates_on_one_pass_and_chooses_by_images_that_are_held_out()
    {
        var folder = runs.Folder("swept");
        using var sweep = CaclProcess.Start(
            [.. Evaluate("random", "linear"), "--sweep-learning-rate", "0.4", "0.003", "--json", "--out", folder]);
        var (result, own) = (Result(sweep), Plain());
        var found = result.GetProperty("sweep");
        var rates = found.GetProperty("rates").EnumerateArray().ToArray();
        Assert.Equal([0.003, 0.1, 0.4], rates.Select(rate => rate.GetProperty("learning_rate").GetDouble()));
        Each.Holds(
            ["train_loss", "miou", "macc", "aacc", "intervals"],
            name => Assert.Equal(own.GetProperty(name).GetRawText(), rates[1].GetProperty(name).GetRawText()));
        Assert.False(own.TryGetProperty("sweep", out _));

        // One of two training images is held out.
        Assert.Equal(1, found.GetProperty("held_out_images").GetInt32());
        var best = rates.MaxBy(rate => rate.GetProperty("held_out_miou").GetDouble());
        Assert.Equal(best.GetProperty("learning_rate").GetDouble(), found.GetProperty("chosen_rate").GetDouble());
        Each.Holds(
            ["train_loss", "miou", "macc", "aacc", "intervals"],
            name => Assert.Equal(best.GetProperty(name).GetRawText(), result.GetProperty(name).GetRawText()));
        var (counts, _) = ImageCountsFile.Read(Path.Combine(folder, "counts.safetensors"));
        Assert.Equal(result.GetProperty("miou").GetDouble(), counts.Scores().MeanIou);

        // What may be compared is named by the rates that were tried, not by the one that was chosen.
        var protocol = result.GetProperty("manifest").GetProperty("protocol");
        Assert.Equal("""{"rates":[0.003,0.1,0.4],"held_out":0.2}""", protocol.GetProperty("learning_rate_sweep").GetRawText());
        Assert.False(protocol.TryGetProperty("learning_rate", out _));
        Assert.Matches(
            @"\nlearning rate +train loss +held-out mIoU +mIoU +mAcc +aAcc\n0\.003.*\n0\.1 .*\n0\.4 .*\n\* Learning rate 0\.\d+ is best on 1 image",
            sweep.Output);
    }

    [Fact]
    public void A_sweep_that_holds_nothing_out_chooses_nothing()
    {
        LongTests.Only("The same with nothing held out");
        using var sweep = CaclProcess.Start([
            .. Evaluate("random", "linear"), "--sweep-learning-rate", "--set", "cacl.evaluation.sweep-held-out=0", "--json"]);
        var (result, own) = (Result(sweep), Plain());
        Assert.Equal(Figures(own), Figures(result));
        Assert.Equal(
            own.GetProperty("manifest").GetProperty("protocol").GetRawText(),
            result.GetProperty("manifest").GetProperty("protocol").GetRawText());
        var found = result.GetProperty("sweep");
        Assert.Equal(JsonValueKind.Null, found.GetProperty("chosen_rate").ValueKind);
        Assert.Equal(
            [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
            found.GetProperty("rates").EnumerateArray().Select(rate => rate.GetProperty("learning_rate").GetDouble()));
        Assert.StartsWith(
            "No image of train was held out to choose a learning rate by, so the result is that of the protocol's own, 0.1.",
            found.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "knn", "the 20 nearest pixels vote, from 2 images of train",
        "\"neighbours\":20,\"temperature\":0.07,\"training_pixels\":8192")]
    [InlineData(
        "clusters", "2 clusters, each for a class of its own, found without labels in 2 images of train",
        "\"clusters\":2,\"assignment\":\"one-to-one\",\"starts\":10,\"iterations\":100,\"training_pixels\":16384,\"passes\":0")]
    public void A_protocol_that_trains_nothing_gives_the_same_figures_files_and_pictures(string protocol, string words, string settings)
    {
        var folder = runs.Folder(protocol);
        using var first = CaclProcess.Start([.. Evaluate("random", protocol), "--json", "--out", folder, "--pictures", "2"]);
        using var second = CaclProcess.Start([.. Evaluate("random", protocol), "--json"]);
        var result = Result(first);
        Assert.Equal(Figures(result), Figures(Result(second)));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("train_loss").ValueKind);
        Assert.Contains(settings, result.GetProperty("manifest").GetProperty("protocol").GetRawText(), StringComparison.Ordinal);
        Assert.Contains(words, first.Output, StringComparison.Ordinal);
        Assert.Equal(result.GetRawText(), File.ReadAllText(Path.Combine(folder, "result.json")).TrimEnd('\n'));
        Assert.False(File.Exists(Path.Combine(folder, "classifier.safetensors")));
        using var sheet = SKBitmap.Decode(Path.Combine(folder, "pictures", "0.png"));
        Assert.InRange(sheet.Width, 3 * 32, 4096);
    }

    [Fact]
    public void More_clusters_than_classes_are_another_measure()
    {
        LongTests.Only("The same with more clusters");
        using var process = CaclProcess.Start(
            [.. Evaluate("random", "clusters"), "--json", "--set", "cacl.evaluation.clusters.clusters=5"]);
        var protocol = Result(process).GetProperty("manifest").GetProperty("protocol").GetRawText();
        Assert.Contains("\"clusters\":5,\"assignment\":\"majority\"", protocol, StringComparison.Ordinal);
        Assert.Contains("5 clusters, each for the class of most of its pixels", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void People_get_a_table_and_are_told_where_it_says_little()
    {
        var (exit, output) = CaclProcess.Run([.. Evaluate("random", "linear"), "--set", "cacl.evaluation.quick.learning-rate=1000"]);
        Assert.True(exit == 0, output);
        Assert.Matches(@"\nground S\ndisc S\n-+\nmIoU S\nmAcc S\naAcc S\n".Replace(
            "S", @" +\d+\.\d\d +\d+\.\d\d to +\d+\.\d\d", StringComparison.Ordinal), output);
        Assert.Contains(
            "95 % interval over the test images, by 1,000 bootstrap resamples; over 2 images it is too narrow.\n", output,
            StringComparison.Ordinal);
        Assert.Contains("\nBeware: The loss of training ended at", output, StringComparison.Ordinal);
        Assert.Contains("cacl.evaluation.quick.learning-rate than 1000", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, ExitCodes.Interrupted)]
    [InlineData(15, ExitCodes.Terminated)]
    public void A_signal_ends_it_without_a_result(int signal, int exitCode)
    {
        if (signal == 2) LongTests.Only("The same with the other signal");
        var folder = runs.Folder($"stopped-{signal}");
        using var process = CaclProcess.Start(
            [
                .. Evaluate("random", "linear"), "--set", "cacl.evaluation.quick.epochs=100000", "--set",
                "cacl.logging.progress-every=100ms", "--out", folder]);
        process.Until(() => process.Output.Contains("training", StringComparison.Ordinal));
        process.Signal(signal);
        Assert.Equal(exitCode, process.WaitForExit());
        Assert.Contains("The evaluation was stopped. There is no result.", process.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void A_head_of_the_checkpoint_that_has_collapsed_is_told_and_changes_no_figure()
    {
        LongTests.Only("Two evaluations");
        using var fixture = new PictureFixture();
        using var collapsed = CaclProcess.Start(
            [.. Evaluate(fixture.Weights(Heads.Pixel | Heads.Cycle, Heads.Cycle), "linear"), "--json"]);
        using var sound = CaclProcess.Start([.. Evaluate(fixture.Weights(Heads.Pixel | Heads.Cycle), "linear"), "--json"]);
        var (result, other) = (Result(collapsed), Result(sound));
        string Notes(JsonElement of) => string.Join('\n', of.GetProperty("notes").EnumerateArray().Select(note => note.GetString()));
        Assert.Contains("Of the checkpoint's heads, cycle (0.0000) has collapsed", Notes(result), StringComparison.Ordinal);
        Assert.DoesNotContain("collapsed", Notes(other), StringComparison.Ordinal);
        Assert.Equal(Figures(other), Figures(result));
    }

    private string[] Evaluate(string checkpoint, string protocol)
    {
        var (data, settings) = (runs.Folder("pictures"), runs.Folder("evaluate.conf"));
        if (!Directory.Exists(data)) LabelledPictures.Write(data);
        File.WriteAllText(
            settings,
            "cacl.evaluation { device = cpu, threads = 1, limited.crop-size = 32, quick { epochs = 3, limited-epochs = 2, image-size = 32 "
                + "} }\n");
        return [
            "evaluate", "--checkpoint", checkpoint, "--dataset", "folder", "--data", data, "--protocol", protocol, "--variant", "quick",
            "--config", settings];
    }

    /// <summary>Returns the result of the linear protocol on random weights, made in one process for all tests.</summary>
    private JsonElement Plain()
    {
        if (_plain is not { } result)
        {
            using var process = CaclProcess.Start([.. Evaluate("random", "linear"), "--json"]);
            _plain = result = Result(process);
        }

        return result;
    }

    private static JsonElement Result(CaclProcess process)
    {
        Assert.True(process.WaitForExit() == 0, process.Output);
        return JsonDocument.Parse(Assert.Single(process.StandardOutput)).RootElement;
    }

    private static string Figures(JsonElement result) =>
        string.Join(' ', new[] { "miou", "macc", "aacc", "iou", "train_loss", "intervals" }.Select(name => result.GetProperty(name).GetRawText()));

    private static void Succeed(params string[] arguments)
    {
        var (exit, output) = CaclProcess.Run(arguments);
        Assert.True(exit == 0, output);
    }
}
