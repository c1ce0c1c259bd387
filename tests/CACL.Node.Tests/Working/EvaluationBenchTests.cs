using System.Text.Json.Nodes;
using CACL.Actors.Contracts;
using CACL.Data.DataSets;
using CACL.Learning.Weights;
using CACL.Node.Evaluation.OutOfProcess;
using CACL.Node.Programs;
using CACL.Node.Settings;
using CACL.Node.Tests.EndToEnd;
using CACL.Node.Working;
using CACL.Runs.Evaluations;
using CACL.Testing;

namespace CACL.Node.Tests.Working;

/// <summary>Orders of a training and what a worker makes of them, with a shell script in place of the program.</summary>
public sealed class EvaluationBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_evaluates_on_its_own_copy_with_the_trainings_settings_and_sends_the_files()
    {
        var bench = Bench("echo \"$@\"; echo '{\"miou\":0.25}'", Data("copies/discs"));
        var made = await bench.EvaluateAsync(Order(Data("discs")), "/checkpoint", TestContext.Current.CancellationToken);
        Assert.Equal("""{"miou":0.25}""", made.Result.ToJsonString());
        var said = System.Text.Encoding.UTF8.GetString(Assert.Single(made.Files).Value);
        Assert.Contains(
            $"evaluate --checkpoint /checkpoint --dataset folder --data {_folder.File("copies/discs")} --train-split train "
                + "--test-split val --protocol linear --variant quick --config ",
            said, StringComparison.Ordinal);
        Assert.Contains("--set cacl.evaluation.quick.epochs=2 ", said, StringComparison.Ordinal);
        Assert.Equal(
            "cacl.evaluation.threads=3",
            said.Split(' ').Last(word => word.StartsWith("cacl.evaluation.threads=", StringComparison.Ordinal)));
        Assert.Equal(["worker.conf"], Directory.GetFileSystemEntries(_folder.File("work")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_data_set_with_other_labels_classes_or_images_is_told_from_the_one_that_is_meant()
    {
        var meant = Order(Data("discs")).Data;
        Assert.Null(Bench("", Data("a/discs")).WhyNot(meant));
        Assert.Null(Bench("", Data("a/another-name")).WhyNot(meant));
        Assert.Equal("it has no data set discs, but rings", WhyNot("b/rings", f => Change(f, "labels/val/0.png", "labels/val/1.png")));
        const string Is = "its discs is another data set: ";
        Assert.Equal(
            $"{Is}its labels, classes or images in val are others",
            WhyNot("c/discs", f => Change(f, "labels/val/0.png", "labels/val/1.png")));
        Assert.Equal(
            $"{Is}its labels, classes or images in train are others",
            WhyNot("d/discs", f => File.AppendAllText(Path.Combine(f, "images/train/0.png"), "more")));
        Assert.Equal(
            $"{Is}its labels, classes or images in train are others",
            WhyNot("e/discs", f => File.WriteAllText(Path.Combine(f, "classes.txt"), "ground 0 0 0\nring 255 255 255\n")));
        Assert.Equal($"{Is}it has 1 images in val, not 2", WhyNot("f/discs", f =>
        {
            File.Delete(Path.Combine(f, "labels/val/0.png"));
            File.Delete(Path.Combine(f, "images/val/0.png"));
        }));

        string? WhyNot(string name, Action<string> change)
        {
            change(Data(name));
            return Bench("", _folder.File(name)).WhyNot(meant);
        }
    }

    [Fact]
    public async Task A_setting_that_is_the_workers_own_is_not_taken_from_an_order()
    {
        var order = Order(Data("discs")) with { Settings = ["cacl.evaluation.features.folder=/etc"] };
        var cause = await Assert.ThrowsAsync<EvaluationFailedException>(
            () => Bench("", _folder.File("discs")).EvaluateAsync(order, "/checkpoint", TestContext.Current.CancellationToken));
        Assert.Equal("cacl.evaluation.features.folder is no setting of evaluations here", cause.Message);
    }

    [Fact]
    public void A_result_counts_if_it_is_about_this_checkpoint_and_these_images_and_is_kept_as_one_made_here()
    {
        var orders = Orders(Data("discs"));
        var order = Order(_folder.File("discs"));
        var request = new EvaluationRequest(order.Target, 7, EvaluationTrigger.AtEnd, "/run/evaluations/pending/step-00000007");
        var result = orders.Take(request, order, Made(order));
        Assert.Equal("/run/evaluations/pending/step-00000007/query.safetensors", (string?)result["manifest"]!["checkpoint"]!["source"]);
        var kept = _folder.File("results", "step-00000007-discs-linear");
        Assert.Equal(["evaluate.log", "result.json"], Directory.GetFiles(kept).Select(Path.GetFileName).Order());
        Assert.Equal(result.ToJsonString(), JsonNode.Parse(File.ReadAllText(Path.Combine(kept, "result.json")))!.ToJsonString());

        Refused("its result is about another checkpoint", made => made["manifest"]!["checkpoint"]!["sha256"] = new string('0', 64));
        Refused("its result is about other images", made => made["manifest"]!["dataset"]!["train"]!["sha256"] = new string('0', 64));
        Refused("its result is about other images", made => made["manifest"]!["dataset"]!["test"]!["split"] = "train");
        Refused("its result is about another checkpoint", made => made.Remove("manifest"));
        Refused("its result is about another checkpoint", made => made["manifest"] = new JsonObject { ["checkpoint"] = "it" });

        void Refused(string words, Action<JsonObject> change)
        {
            var made = Made(order);
            change(made.Result);
            Assert.Equal(words, Assert.Throws<EvaluationFailedException>(() => orders.Take(request, order, made)).Message);
        }
    }

    private static MadeEvaluation Made(EvaluationOrder order)
    {
        static JsonObject Split(OrderedSplit split) => new() { ["split"] = split.Name, ["images"] = 2, ["sha256"] = split.Sha256 };
        var result = new JsonObject
        {
            ["miou"] = 0.25,
            ["manifest"] = new JsonObject
            {
                ["dataset"] = new JsonObject { ["train"] = Split(order.Data.Train), ["test"] = Split(order.Data.Test) },
                ["checkpoint"] = new JsonObject { ["sha256"] = order.Checkpoint[1].Sha256, ["source"] = "/worker/query.safetensors" },
            },
        };
        return new MadeEvaluation(
            result, new Dictionary<string, byte[]> { ["evaluate.log"] = [65], ["something-else"] = [66], ["result.json"] = [67] });
    }

    private EvaluationBench Bench(string script, string data)
    {
        var (work, file) = (_folder.File("work"), _folder.File("evaluate.sh"));
        Directory.CreateDirectory(work);
        File.WriteAllText(file, script + "\n");
        return new EvaluationBench(
            ConfigurationFiles.Load([], [$"cacl.evaluation.datasets=folder:{data}"], new Dictionary<string, string>()), work,
            new OwnProgram("/bin/sh", [file]));
    }

    private EvaluationOrders Orders(string data) => new(
        ConfigurationFiles.Load(
            [], [$"cacl.evaluation.datasets=folder:{data}", "cacl.evaluation.quick.epochs=2"], new Dictionary<string, string>()),
        _folder.File("results"), threads: 3);

    private static EvaluationOrder Order(string data)
    {
        var configuration = ConfigurationFiles.Load([], ["cacl.evaluation.quick.epochs=2"], new Dictionary<string, string>());
        return new EvaluationOrder(
            new EvaluationTarget("discs", "linear", "quick"), 7,
            DataSetIdentity.Of(new EvaluatedDataSet("discs", DataSetKind.Folder, data), "", ""),
            [new CheckpointPart("manifest.json", 1, new string('1', 64)), new CheckpointPart("query.safetensors", 1, new string('2', 64))],
            MeasuredSettings.Of(configuration, 3));
    }

    private string Data(string name)
    {
        var folder = _folder.File(name);
        LabelledPictures.Write(folder);
        return folder;
    }

    private static void Change(string folder, string from, string to) =>
        File.Copy(Path.Combine(folder, from), Path.Combine(folder, to), overwrite: true);
}
