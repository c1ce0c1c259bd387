using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Data.Catalog;
using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Node.Tests.Commands;
using CACL.Runs.Evaluations;
using CACL.Runs.Folder;
using CACL.Runs.Live;
using CACL.Runs.Steps;
using CACL.Testing;
using Microsoft.Data.Sqlite;

namespace CACL.Node.Tests.RunInputs;

/// <summary>Opens what earlier versions wrote, one run folder and one catalogue for each format that there was.</summary>
public sealed class OldRunsTests : IDisposable
{
    private static readonly string Kept = Path.Combine(Workspace.Root, "tests", "CACL.Node.Tests", "OldRuns");

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Runs => [.. Directory.EnumerateDirectories(Kept, "20*").Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string> Catalogues =>
        [.. Directory.EnumerateFiles(Path.Combine(Kept, "catalogues"), "*.sql").Select(path => Path.GetFileName(path)!)];

    public static TheoryData<string, string> Journals => new()
    {
        // When it was written; the scores of its last evaluation, as they are shown.
        { "2026-11-23", "71.3 %  90.5 %  85.4 %" },
        { "2026-11-27", "70.9 % (69.4 to 72.4)  90.3 % (89.6 to 90.9)  85.1 % (84.1 to 86.1)" },
    };

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_folder_of_each_format_is_read(string name)
    {
        var run = Unpack(name);
        var latest = new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1).LoadLatest();
        Assert.DoesNotContain(latest.Warnings, warning => !warning.Contains("latest", StringComparison.Ordinal)); // links are not kept
        var (state, snapshot) = (latest.Checkpoint!.State, latest.Checkpoint.Snapshot);
        var lines = File.ReadAllLines(Path.Combine(run, "metrics.jsonl"));
        Assert.Equal(lines.Length, state.Step);
        var (method, heads) = name.EndsWith("moco-v2", StringComparison.Ordinal) ? ("moco-v2", "global") : ("cacl", "global,pixel,cycle");
        Assert.Equal(("resnet18", method, heads, "zeros"), (
            state.Architecture.Backbone, state.Architecture.Method ?? "cacl", state.Architecture.Heads, state.Architecture.Padding));
        Assert.Equal(4, state.Files.Count);
        Each.Holds(
            ["query.conv1.weight", "key.conv1.weight", "momentum.conv1.weight", "queue.global"],
            tensor => Assert.Contains(snapshot.Tensors, t => t.Name == tensor));
        Assert.Equal(name == "2026-11-23", RunFacts.Read(run) is null);
        var (status, output, error) = CommandLine.Run("status", "--run", run);
        Assert.True(status == 0 && output.Contains($"step {state.Step}", StringComparison.Ordinal), output + error);
        Assert.Contains("completed", output, StringComparison.Ordinal);
        (status, output, error) = CommandLine.Run("config", "check", Path.Combine(run, "config.resolved.conf"));
        Assert.True(status == 0, output + error);
        Assert.Equal(state.Step, RecordedSteps.Read(run, 1, state.Step).Lines.Count);
    }

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void A_catalogue_of_each_format_is_read_and_taken_over(string name)
    {
        var file = _folder.File("catalog.sqlite");
        using (var connection = new SqliteConnection($"Data Source={file}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // The dump has its tables by name, so that one refers to the next.
            command.CommandText = "PRAGMA foreign_keys = OFF; " + File.ReadAllText(Path.Combine(Kept, "catalogues", name));
            command.ExecuteNonQuery();
            PutVideos(connection);
        }

        for (var time = 0; time < 2; time++)
        {
            using var catalog = VideoCatalog.OpenExisting(file);
            var usable = catalog.LoadUsable(minFrames: 9);
            Assert.Equal(3, usable.Length);
            Each.Holds(usable, video => Assert.Equal(video.Frames, catalog.Load(video.Id).Frames.Count));
            Assert.Equal(name == "2026-11-28.sql" ? 3 : 0, catalog.List().Count(video => video.Prepared is not null));
        }

        if (!name.EndsWith("-shard.sql", StringComparison.Ordinal)) return;
        var merged = _folder.File("merged.sqlite");
        var (status, output, error) = CommandLine.Run("videos", "merge", merged, file);
        Assert.True(status == 0 && output.Contains("1 shards joined: 3 files", StringComparison.Ordinal), output + error);
        using var joined = VideoCatalog.OpenExisting(merged);
        Assert.Equal(3, joined.LoadUsable(minFrames: 9).Length);
    }

    [Theory]
    [MemberData(nameof(Journals))]
    public void Evaluations_and_changes_of_each_format_are_read(string written, string scores)
    {
        var run = Unpack("2026-11-23");
        foreach (var name in new[] { RunFiles.Evaluations, RunFiles.Control })
            File.Copy(Path.Combine(Kept, "journals", $"{written}.{name}"), Path.Combine(run, name));
        var (status, output, error) = CommandLine.Run("evaluations", "--run", run);
        Assert.True(status == 0, error);
        Assert.Contains(scores, output, StringComparison.Ordinal);
        Assert.Contains("discs     linear, quick", output, StringComparison.Ordinal);
        Assert.Equal([8, 24], Assert.Single(new EvaluationLog(run).Recorded()).Value.Order());

        var losses = new LossWeights([.. new[] { "global", "pixel", "cycle" }.Select(head => new LossWeight(head, 1))]);
        Assert.Equal(
            ["learning_rate_factor", "loss_weights.cycle"], new ControlJournal(run, losses).Read().Select(change => change.Setting));
        var settings = LiveHistory.Read(new LiveSettings { LossWeights = losses }, run);
        Assert.Equal([1, 0.5], new[] { settings(2).LearningRateFactor, settings(3).LearningRateFactor });
        Assert.Equal(0.5, settings(5).LossWeights["cycle"]);
    }

    [Fact]
    public void A_newer_run_folder_or_checkpoint_is_refused_with_a_sentence()
    {
        var run = Unpack("2026-11-27");
        Change(Path.Combine(run, "run.json"), facts => facts["format"] = RunFacts.CurrentFormat + 1);
        var newer = Assert.Throws<NewerRunFolderException>(() => RunFacts.Read(run)).Message;
        Assert.Contains("a newer version of this program wrote this run folder", newer, StringComparison.Ordinal);
        Assert.Contains("Use the version that wrote it", newer, StringComparison.Ordinal);
        foreach (var verb in new[] { new[] { "explain", "--step", "1" }, ["status"], ["status", "--json"], ["evaluations"] })
        {
            var (status, output, error) = CommandLine.Run([.. verb, "--run", run]);
            Assert.True(status == 1 && output.Length == 0 && error.Contains(newer, StringComparison.Ordinal), $"{verb[0]}: {output}{error}");
        }

        var checkpoint = Directory.EnumerateDirectories(Path.Combine(run, "checkpoints")).Single();
        Change(Path.Combine(checkpoint, "manifest.json"), manifest => manifest["format"] = CheckpointState.CurrentFormat + 1);
        Assert.Contains(
            "Use the version that wrote it", Assert.Throws<CheckpointException>(() => CheckpointStore.Load(checkpoint)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Makes files of the sizes and times that the catalogue knows.</summary>
    private void PutVideos(SqliteConnection connection)
    {
        using var move = connection.CreateCommand();
        move.CommandText = "UPDATE videos SET path = replace(path, '/data/videos', $folder)";
        move.Parameters.AddWithValue("$folder", _folder.Path);
        move.ExecuteNonQuery();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT path, size, modified FROM videos";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            using (var file = File.Create(reader.GetString(0))) file.SetLength(reader.GetInt64(1));
            File.SetLastWriteTimeUtc(reader.GetString(0), new DateTime(reader.GetInt64(2), DateTimeKind.Utc));
        }
    }

    private static void Change(string file, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString(Indented)); // as the program writes it, for a manifest has one spelling
    }

    /// <summary>Makes the run folder again: its files as they were, tensors with their headers and zeros.</summary>
    private string Unpack(string name)
    {
        var run = _folder.File(name);
        foreach (var source in Directory.EnumerateFiles(Path.Combine(Kept, name), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(run, Path.GetRelativePath(Path.Combine(Kept, name), source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!source.EndsWith(".header.gz", StringComparison.Ordinal)) File.Copy(source, target, overwrite: true);
            else FillUp(source, target[..^".header.gz".Length]);
        }

        foreach (var checkpoint in Directory.EnumerateDirectories(Path.Combine(run, "checkpoints")))
        {
            Change(Path.Combine(checkpoint, "manifest.json"), manifest =>
            {
                foreach (var file in manifest["files"]!.AsArray())
                {
                    if (!$"{file!["name"]}".EndsWith(".safetensors", StringComparison.Ordinal)) continue;
                    using var stream = File.OpenRead(Path.Combine(checkpoint, $"{file["name"]}"));
                    Assert.Equal((long)file["bytes"]!, stream.Length); // of the size that it had
                    file["sha256"] = Convert.ToHexStringLower(SHA256.HashData(stream));
                }
            });
        }

        return run;
    }

    private static void FillUp(string header, string target)
    {
        using var packed = new GZipStream(File.OpenRead(header), CompressionMode.Decompress);
        using var text = new MemoryStream();
        packed.CopyTo(text);
        var end = JsonNode.Parse(text.ToArray())!.AsObject().Where(tensor => tensor.Key != "__metadata__")
            .Max(tensor => (long)tensor.Value!["data_offsets"]![1]!);
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        using var file = File.Create(target);
        file.Write(length);
        file.Write(text.ToArray());
        file.SetLength(sizeof(long) + text.Length + end);
    }
}
