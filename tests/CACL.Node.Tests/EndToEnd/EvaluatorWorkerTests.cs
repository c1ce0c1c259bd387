using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CACL.Runs.Folder;
using CACL.Testing;

namespace CACL.Node.Tests.EndToEnd;

/// <summary>
/// Workers in processes of their own evaluate for a training that is paused meanwhile, so that there is one state to evaluate.
/// </summary>
public sealed partial class EvaluatorWorkerTests(MadeClips clips) : IDisposable
{
    private const int Kill = 9;
    private const string Joined = "evaluates for this training";

    private readonly SmallRuns _runs = new(clips);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    public void Dispose()
    {
        _http.Dispose();
        _runs.Dispose();
    }

    [Fact]
    public void A_worker_returns_what_an_evaluation_here_returns_to_the_bit_and_so_do_its_files()
    {
        LongTests.Only("A training, a worker and two evaluations");
        var run = _runs.Folder("run");
        var data = DataSet("discs");
        using var trainer = Paused(run, [data], epochs: 3);
        using var worker = Worker(trainer, [data]);
        trainer.Until(() => trainer.Output.Contains(Joined, StringComparison.Ordinal));
        Evaluate(run, trainer, 1);
        var results = Assert.Single(Directory.GetDirectories(Path.Combine(run, "evaluations"), "step-*"));
        var files = FilesOf(results);
        var name = (string)Lines(run)[0]["worker"]!;
        var (exit, output) = CaclProcess.Run("cluster", "workers", "--run", run);
        Assert.True(exit == 0 && output.Contains($"{name} at ", StringComparison.Ordinal), output);
        Assert.Contains("evaluator, idle, 1 at once, 1 evaluations,", output, StringComparison.Ordinal);

        CaclProcess.AssertSuccess(CaclProcess.Run("cluster", "drain", name, "--run", run));
        Assert.Equal(0, worker.WaitForExit());
        Assert.Contains("The trainer has drained this worker.", worker.Output, StringComparison.Ordinal);
        Evaluate(run, trainer, 2);
        var lines = Lines(run);
        Assert.False(lines[1].ContainsKey("worker"), $"{lines[1]}");
        Assert.Equal(Measured(lines[1]), Measured(lines[0]));
        Assert.Equal(files, FilesOf(results));
        Assert.Equal(Measured(ResultOf(results), onlyResult: true), Measured(lines[0], onlyResult: true));
    }

    [Fact]
    public void Two_workers_evaluate_at_once_and_one_that_is_killed_costs_one_more_try()
    {
        LongTests.Only("Evaluations that take some seconds");
        var run = _runs.Folder("run");
        string[] data = [DataSet("discs"), DataSet("rings")];
        using var trainer = Paused(run, data, epochs: 10_000);
        using var killed = Worker(trainer, data);
        trainer.Until(() => Count(trainer.Output, Joined) == 1);
        using var other = Worker(trainer, data);
        trainer.Until(() => Count(trainer.Output, Joined) == 2);
        Send(run, HttpMethod.Post, "/api/evaluations");
        trainer.Until(() => Workers(run).All(worker => (string?)worker!["state"] == "evaluating"));
        killed.Signal(Kill);
        trainer.Until(() => Lines(run).Count == 1);
        trainer.Until(() => Lines(run).Count == 2);
        var lines = Lines(run);
        Assert.Equal(["discs", "rings"], lines.Select(line => (string)line["dataset"]!).Order());
        Each.Holds(lines, line => Assert.True((string)line["status"]! == "done" && line.ContainsKey("worker"), $"{line}"));
        Assert.Equal([1, 2], lines.Select(line => (int)line["attempts"]!).Order());
        Assert.Single(lines.Select(line => (string)line["worker"]!).Distinct()); // the one that is left
        Assert.Equal(1, Count(trainer.Output, "evaluator has no result of step"));
    }

    [Fact]
    public void A_worker_with_other_images_or_none_says_so_and_the_evaluation_is_made_here()
    {
        LongTests.Only("Two workers that cannot evaluate, and an evaluation");
        var run = _runs.Folder("run");
        var data = DataSet("discs");
        var other = DataSet("others/discs");
        File.Copy(Path.Combine(other, "labels", "val", "0.png"), Path.Combine(other, "labels", "val", "1.png"), overwrite: true);
        using var trainer = Paused(run, [data], epochs: 3);
        using var wrong = Worker(trainer, [other]);
        using var without = Worker(trainer, [DataSet("rings", labels: 1)]);
        trainer.Until(() => Count(trainer.Output, Joined) == 2);
        Evaluate(run, trainer, 1);
        Assert.Equal((1, null), ((int)Lines(run)[0]["attempts"]!, (string?)Lines(run)[0]["worker"]));
        trainer.Until(() => trainer.Output.Contains(
            "does not evaluate on discs: its discs is another data set: its labels, classes or images in val are others",
            StringComparison.Ordinal));
        trainer.Until(() => trainer.Output.Contains(
            "does not evaluate on discs: it has no data set discs, but rings", StringComparison.Ordinal));
        Assert.Equal(2, Count(trainer.Output, "does not evaluate on"));
    }

    [Fact]
    public void A_worker_that_has_no_data_set_says_what_to_name()
    {
        CaclProcess.AssertRefused(
            CaclProcess.Run("worker", "--role", "evaluator", "--join", "127.0.0.1:4053"), "cacl.evaluation.datasets is empty");
        CaclProcess.AssertRefused(
            CaclProcess.Run(
                "worker", "--role", "evaluator", "--join", "127.0.0.1:4053", "--set", "cacl.evaluation.datasets=folder:/no/such/place"),
            "This worker cannot evaluate on place (cacl.evaluation.datasets)");
    }

    /// <summary>Starts a training, and pauses it after a step or some.</summary>
    private CaclProcess Paused(string run, string[] data, int epochs)
    {
        var trainer = CaclProcess.Start(_runs.Train(
            run,
            "--set", "cacl.training.max-steps=1000000", "--set", "cacl.training.epochs=1000000", "--set", "cacl.checkpoints.every-steps=0",
            "--set", "cacl.cluster.enabled=true", "--set", "cacl.cluster.port=auto", "--set", "cacl.cluster.data-port=auto",
            "--set", Sets(data), "--set", "cacl.evaluation.at-end=false", "--set", "cacl.evaluation.quick.image-size=32",
            "--set", $"cacl.evaluation.quick.epochs={epochs}"));
        trainer.Until(() => Invitation().IsMatch(trainer.Output) && SmallRuns.Steps(run) >= 1);
        Send(run, HttpMethod.Post, "/api/pause");
        trainer.Until(() => (string?)Send(run, HttpMethod.Get, "/api/status")["state"] == "paused");
        return trainer;
    }

    private CaclProcess Worker(CaclProcess trainer, string[] data) => CaclProcess.Start(
        "worker", "--role", "evaluator", "--join", Invitation().Match(trainer.Output).Groups[1].Value,
        "--set", Sets(data), "--set", $"cacl.cluster.cache.folder={_runs.Folder("cache")}");

    private void Evaluate(string run, CaclProcess trainer, int lines)
    {
        Send(run, HttpMethod.Post, "/api/evaluations");
        trainer.Until(() => Lines(run).Count == lines);
    }

    private JsonArray Workers(string run) => (JsonArray)Send(run, HttpMethod.Get, "/api/workers")["workers"]!;

    private JsonObject Send(string run, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(NodeFile.Read(run)!.Address, path));
        if (method == HttpMethod.Post) request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = _http.Send(request, TestContext.Current.CancellationToken);
        using var body = new StreamReader(response.Content.ReadAsStream());
        var text = body.ReadToEnd();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Makes a data set, of which one training label may be another's.</summary>
    private string DataSet(string name, int? labels = null)
    {
        var folder = _runs.Folder(name);
        if (!Directory.Exists(folder)) LabelledPictures.Write(folder);
        var train = Path.Combine(folder, "labels", "train");
        if (labels is { } other) File.Copy(Path.Combine(train, "0.png"), Path.Combine(train, $"{other}.png"), overwrite: true);
        return folder;
    }

    private static string Sets(string[] folders) =>
        $"cacl.evaluation.datasets=[{string.Join(", ", folders.Select(folder => $"\"folder:{folder}\""))}]";

    private static List<JsonObject> Lines(string run)
    {
        var file = Path.Combine(run, "evaluations.jsonl");
        return File.Exists(file) ? [.. File.ReadAllLines(file).Select(line => JsonNode.Parse(line)!.AsObject())] : [];
    }

    private static JsonObject ResultOf(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "result.json")))!.AsObject();

    // All but when it was made, how long it took, and by whom.
    private static string Measured(JsonObject line, bool onlyResult = false)
    {
        var copy = line.DeepClone().AsObject();
        string[] circumstances = ["time", "seconds", "worker", "attempts"];
        string[] head = ["step", "dataset", "protocol", "variant", "trigger", "status", "error"];
        foreach (var key in onlyResult ? [.. circumstances, .. head] : circumstances) copy.Remove(key);
        return copy.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static Dictionary<string, string> FilesOf(string folder) => Directory.GetFiles(folder, "*.safetensors").Order().ToDictionary(
        file => Path.GetFileName(file)!, file => Convert.ToHexString(File.ReadAllBytes(file)));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex(@"cacl worker --role decoder --join (\S+)")]
    private static partial Regex Invitation();
}
