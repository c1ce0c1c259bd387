using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CACL.Data.Catalog;
using CACL.Learning.Weights;
using CACL.Node.Settings;
using CACL.Node.Tests.EndToEnd;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Testing;

namespace CACL.Node.Tests.Faults;

/// <summary>
/// Records what a real training and a real scan do to their files, cuts the power at any operation, and reads what may be left with the
/// program's own readers. CACL_CUTS is the number of cuts of the long variant.
/// </summary>
public sealed class PowerCutTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private static readonly Survival[] Survivals = Enum.GetValues<Survival>();

    private readonly Dictionary<string, long> _loaded = [];

    private static int LongCuts =>
        int.TryParse(Environment.GetEnvironmentVariable("CACL_CUTS"), CultureInfo.InvariantCulture, out var count) ? count : 300;

    [Fact]
    public void A_power_cut_leaves_every_checkpoint_that_was_reported()
    {
        var recorded = Record("cut", resumes: false, "--set", "cacl.training.max-steps=6", "--set", "cacl.checkpoints.every-steps=2");
        Cut(recorded, cuts: LongTests.Wanted ? 150 : 45, seed: 1);
    }

    [Fact]
    public void A_power_cut_leaves_evaluations_changes_and_figures_that_were_reported()
    {
        LongTests.Only("Two trainings and hundreds of cuts");
        var pictures = runs.Folder("pictures");
        LabelledPictures.Write(pictures);
        var recorded = Record(
            "cut-long", resumes: true, "--set", "cacl.checkpoints.keep=2", "--set", $"cacl.evaluation.datasets=folder:{pictures}", "--set",
            "cacl.evaluation.quick.image-size=32", "--set", "cacl.evaluation.quick.epochs=2", "--set", "cacl.evaluation.every-steps=5");
        Assert.Contains(recorded.Reports, report => report.Evaluation is not null);
        Assert.Contains(recorded.Reports, report => report.Change is not null);
        Cut(recorded, LongCuts, seed: 2);
    }

    [Fact]
    public void A_power_cut_leaves_a_catalogue_that_can_be_read_and_after_the_scan_knows_every_video()
    {
        Strace.Require();
        MadeClips.Require();
        var root = runs.Folder("scanned");
        Directory.CreateDirectory(root);
        var path = Path.Combine(root, "catalogue", "videos.sqlite");
        string[] logs = [.. CatalogPrograms(path).Select((arguments, i) => Recorded(runs.Folder($"scanned-{i}.strace"), arguments))];
        var disk = RecordedDisk.Read(logs, root, _ => null);
        FolderContent.AssertIsThatOf(disk, root);
        var scanned = disk.Ends[0];
        var random = new Random(3);
        var cuts = LongTests.Wanted ? LongCuts : 100;
        for (var i = 0; i < cuts; i++)
        {
            var at = i < 2 * Survivals.Length ? disk.Operations.Count : random.Next(disk.Operations.Count + 1);
            using var folder = new TemporaryFolder();
            new PowerCut(disk, at, Survivals[i % Survivals.Length], random).WriteTo(folder.Path);
            using var catalog = VideoCatalog.Open(folder.File("catalogue", "videos.sqlite"));
            var roots = new VideoRoots([runs.Clips]);
            var usable = catalog.Counts(1, roots).Usable;
            Assert.InRange(usable, at >= scanned ? 12 : 0, 12);
            Assert.Equal(usable, catalog.LoadUsable(1, roots).Length);
            if (at >= scanned) Assert.True(catalog.IsScanned(roots));
        }
    }

    // A scan; with the long tests also a second one of the same videos, and a merge of two shards into the catalogue.
    private IEnumerable<string[]> CatalogPrograms(string path)
    {
        yield return ["videos", "scan", runs.Clips, "--catalog", path];
        if (!LongTests.Wanted) yield break;
        yield return ["videos", "scan", runs.Clips, "--catalog", path];
        string[] shards = [runs.Folder("shard-1.sqlite"), runs.Folder("shard-2.sqlite")];
        for (var i = 1; i <= shards.Length; i++)
            CaclProcess.AssertSuccess(CaclProcess.Run("videos", "scan", runs.Clips, "--shard", $"{i}/2", "--catalog", shards[i - 1]));
        yield return ["videos", "merge", path, .. shards];
    }

    private static string Recorded(string log, string[] arguments)
    {
        using var process = Strace.Start(log, SystemCall.Options(RecordedDisk.Calls), arguments);
        Assert.True(process.WaitForExit(Strace.Patience) == 0, process.Output);
        return log;
    }

    private Recording Record(string name, bool resumes, params string[] settings)
    {
        Strace.Require();
        var (root, kept) = (runs.Folder(name), runs.Folder($"{name}-kept"));
        Directory.CreateDirectory(root);
        var run = Path.Combine(root, "run");
        string[] logs = resumes ? [$"{root}.first", $"{root}.second"] : [$"{root}.first"];
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
        for (var i = 0; i < logs.Length; i++)
        {
            using var process = Strace.Start(
                logs[i], SystemCall.Options(RecordedDisk.Calls), runs.Train(run, i == 0 ? settings : [.. settings, "--resume"]));
            var isChanged = false;
            while (!process.HasEnded)
            {
                Eventually.Pause(TimeSpan.FromMilliseconds(5));
                Keep(run, kept);
                if (!isChanged && NodeFile.Read(run) is { } node && SmallRuns.Steps(run) >= 2) isChanged = Change(http, node, i + 1);
                if (resumes && i == 0 && SmallRuns.Steps(run) >= 12) process.Kill();
            }

            var exit = process.WaitForExit(Strace.Patience);
            Assert.True(exit == (resumes && i == 0 ? 137 : 0), process.Output);
        }

        var disk = RecordedDisk.Read(logs, root, path =>
        {
            var file = Path.Combine(kept, string.Join('/', path.Split('/').TakeLast(2)));
            return File.Exists(file) ? file : null;
        });
        FolderContent.AssertIsThatOf(disk, root);
        return new Recording(disk, [.. Reports(disk)]);
    }

    // Checkpoints are removed while the training goes on: their files get a second name.
    private static void Keep(string run, string kept)
    {
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"), "step-*"))
            {
                var copy = Path.Combine(kept, Path.GetFileName(folder));
                if (Directory.Exists(copy)) continue;
                Directory.CreateDirectory(kept);
                using var linking = System.Diagnostics.Process.Start("cp", ["--archive", "--link", folder, copy]);
                linking.WaitForExit();
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The run has not begun.
        }
    }

    private static bool Change(HttpClient http, NodeFile node, int pixels)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(node.Address, "/api/settings"));
            request.Content = new StringContent(
                $"{{\"learning_rate_factor\":0.{pixels},\"loss_weights\":{{\"pixel\":{pixels}.5}}}}", Encoding.UTF8, "application/json");
            using var response = http.Send(request, TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // What the log said was saved, and at which operation it said so.
    private static IEnumerable<Report> Reports(RecordedDisk disk)
    {
        for (var i = 0; i < disk.Operations.Count; i++)
        {
            if (disk.Operations[i] is not DataWritten { Bytes: { } bytes } written || written.Node != disk.Log) continue;
            foreach (var text in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var line = JsonDocument.Parse(text).RootElement;
                switch (line.GetProperty("@mt").GetString())
                {
                    case "Checkpoint {Path} written in {Seconds:0.0} s":
                        yield return new Report(i)
                        {
                            Checkpoint = long.Parse(line.GetProperty("Path").GetString()!.AsSpan()[^8..], CultureInfo.InvariantCulture),
                        };
                        break;
                    case "Evaluation of step {Step} on {Target}{By:l}: {Figures}":
                        yield return new Report(i) { Evaluation = line.GetProperty("Step").GetInt64() };
                        break;
                    case "{Setting} = {Value} from step {Step} on, by {By}":
                        yield return new Report(i)
                        {
                            Change = (line.GetProperty("Setting").GetString()!, line.GetProperty("Step").GetInt64()),
                        };
                        break;
                    case "Done: {Steps} steps. {Saved}":
                        yield return new Report(i) { IsDone = true };
                        break;
                }
            }
        }
    }

    private void Cut(Recording recorded, int cuts, int seed)
    {
        Assert.Contains(recorded.Reports, report => report.Checkpoint is not null);
        var random = new Random(seed);
        var operations = recorded.Disk.Operations;
        // Most operations write a checkpoint's tensors under a hidden name: of those, few are tried.
        var places = Enumerable.Range(1, operations.Count)
            .Where(at => operations[at - 1] is not DataWritten { Bytes: null } || random.Next(20) == 0).ToList();
        for (var i = 0; i < cuts; i++)
        {
            var at = places[(int)((long)i / Survivals.Length * 7919 % places.Count)];
            using var folder = new TemporaryFolder();
            var cut = new PowerCut(recorded.Disk, at, Survivals[i % Survivals.Length], random);
            cut.WriteTo(folder.Path);
            var reported = recorded.Reports.Where(report => report.At < at).ToList();
            try
            {
                Check(folder.File("run"), cut, reported);
            }
            catch (Exception e)
            {
                var what = $"Cut {i} after operation {at} of {operations.Count} ({operations[at - 1]})";
                throw new InvalidOperationException($"{what}, {Survivals[i % Survivals.Length]}: {e.Message}", e);
            }
        }
    }

    private void Check(string run, PowerCut cut, List<Report> reported)
    {
        var saved = reported.Max(report => report.Checkpoint) ?? 0;
        if (!File.Exists(Path.Combine(run, RunFolder.ConfigurationName)))
        {
            Assert.Equal(0, saved);
            return;
        }

        var signature = cut.Checkpoints.ToString();
        if (!_loaded.TryGetValue(signature, out var loaded))
        {
            loaded = new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).LoadLatest().Checkpoint?.State.Step ?? 0;
            _loaded[signature] = loaded;
        }

        Assert.True(loaded >= saved, $"The checkpoint of step {saved} was reported, and step {loaded} is loaded.");
        var metrics = Path.Combine(run, RunFiles.Metrics);
        var steps = File.Exists(metrics) ? JsonLinesFile.Read(metrics).Select(line => line.GetProperty("step").GetInt64()).ToHashSet() : [];
        for (var step = 1L; step <= loaded; step++)
            Assert.True(steps.Contains(step), $"Step {step} is in the checkpoint of step {loaded}, and not in metrics.jsonl.");

        var weights = KnownMethods.Cacl.Defaults.Describe().LossWeights;
        var changes = new ControlJournal(run, weights).Read().Select(change => (change.Setting, change.Step)).ToList();
        Assert.Empty(reported.Select(report => report.Change).OfType<(string, long)>().Except(changes));

        var judged = new EvaluationLog(run).Recorded().Values.SelectMany(steps => steps).ToHashSet();
        Assert.Empty(reported.Select(report => report.Evaluation).OfType<long>().Except(judged));
        // A request that was answered or replaced may be back.
        foreach (var pending in new PendingEvaluations(run).Read().TakeLast(1).Where(request => !judged.Contains(request.Step)))
        {
            Assert.Equal(pending.Step, CheckpointStore.LoadState(pending.Checkpoint).Step);
            Assert.Equal(6, Directory.GetFiles(pending.Checkpoint).Length);
        }

        _ = RunFacts.Read(run);
        if (reported.Any(report => report.IsDone)) Assert.Equal(OutcomeFile.Completed, OutcomeFile.Read(run)?.End);
        using var folder = RunFolder.Open(run, RunStart.Resume);
        folder.Begin("# settings", loaded);
        var kept = File.Exists(metrics) ? File.ReadAllLines(metrics) : [];
        Assert.Equal(
            Enumerable.Range(1, (int)loaded), kept.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32()));
    }

    private sealed record Recording(RecordedDisk Disk, IReadOnlyList<Report> Reports);

    private sealed record Report(int At)
    {
        public long? Checkpoint { get; init; }

        public long? Evaluation { get; init; }

        public (string Setting, long Step)? Change { get; init; }

        public bool IsDone { get; init; }
    }
}
