using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CACL.Learning.Methods;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        var snapshot = Snapshots.Of(3);
        snapshot.Tensors[0].Values[0] = float.NaN;
        snapshot.Tensors[0].Values[1] = -0.0f;
        var path = Store().Put(100, snapshot);

        var loaded = CheckpointStore.Load(path);

        Assert.Equal(_folder.File("checkpoints", "step-00000100"), path);
        Snapshots.AssertSame(snapshot, loaded.Snapshot);
        Assert.Equal((100L, 1, 48, 7UL), (loaded.State.Step, loaded.State.Epoch, loaded.State.Position, loaded.State.Seed));
        Assert.Equal(Snapshots.Architecture, loaded.State.Architecture);
        Assert.Equal(Snapshots.Settings, loaded.State.Settings);
        Assert.NotEmpty(loaded.State.Versions["torchsharp"]);
    }

    [Fact]
    public void A_method_keeps_its_own_table_of_files_and_any_reader_knows_it_from_the_checkpoint()
    {
        CheckpointFile[] table =
            [new("student.safetensors", "online.", CheckpointRole.Online), new("rest.safetensors", "momentum.", CheckpointRole.State)];
        SnapshotTensor[] tensors = [new("online.conv1.weight", [2], [1, 2]), new("momentum.conv1.weight", [2], [3, 4])];
        var snapshot = new TrainingSnapshot(tensors, new Dictionary<string, long>());
        var path = Store().Save(Snapshots.State(9) with { Files = table }, snapshot, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["manifest.json", "rest.safetensors", "state.json", "student.safetensors"],
            Directory.GetFiles(path).Select(Path.GetFileName).Order());
        var loaded = CheckpointStore.Load(path);
        Snapshots.AssertSame(snapshot, loaded.Snapshot);
        Assert.Equal(table, loaded.State.Files);
        Assert.Equal(Path.Combine(path, "student.safetensors"), CheckpointReader.Network(path, CheckpointRole.Online).File);
        Assert.Null(CheckpointReader.Network(path, CheckpointRole.Momentum).File);
        Assert.Equal("student.safetensors", CheckpointReader.OnlineName(path));
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("state.json")]
    [InlineData(".hidden.safetensors")]
    [InlineData("")]
    public void A_table_with_a_name_that_is_no_file_of_a_checkpoint_is_refused(string name)
    {
        var path = Store().Put(100, Snapshots.Of(1));
        Rewrite(path, state => state["files"]![1]!["name"] = name);
        Assert.Contains(
            "which is none of a checkpoint", Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[null]""")]
    [InlineData("""[]""")]
    [InlineData("""[{"name":"query.safetensors","prefix":"x.","role":"online"}]""")]
    [InlineData("""[{"name":"query.safetensors","prefix":"x.","role":"other"}]""")]
    [InlineData("""[{"name":"query.safetensors","prefix":"","role":"online"},{"name":"key.safetensors","prefix":"","role":"state"},{"name":"optimiser.safetensors","prefix":"","role":"state"},{"name":"queues.safetensors","prefix":"","role":"state"}]""")]
    public void A_table_that_does_not_fit_the_files_is_refused(string table)
    {
        var path = Store().Put(100, Snapshots.Of(1));
        Rewrite(path, state => state["files"] = JsonNode.Parse(table));
        Assert.Contains(
            "cannot be used", Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "zeros")]
    [InlineData("zeros", "zeros")]
    [InlineData("reflect", "reflect")]
    public void A_checkpoint_of_before_it_told_files_and_padding_means_what_it_meant_then(string? setting, string padding)
    {
        var path = Store().Put(100, Snapshots.Of(1));
        Rewrite(path, state =>
        {
            state.AsObject().Remove("files");
            state["architecture"]!.AsObject().Remove("padding");
            if (setting is not null) state["settings"]!["cacl.model.padding"] = setting;
        });

        var loaded = CheckpointStore.Load(path);
        Snapshots.AssertSame(Snapshots.Of(1), loaded.Snapshot);
        Assert.Equal(padding, loaded.State.Architecture.Padding);
        Assert.Equal(padding, CheckpointStore.LoadState(path).Architecture.Padding);
        Assert.Equal(MomentumMethod.CheckpointFilesWithQueues, loaded.State.Files);
    }

    [Fact]
    public void The_manifest_names_every_other_file_with_its_size_and_hash()
    {
        var path = Store().Put(5, Snapshots.Of(5));
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(path, "manifest.json")));
        var entries = manifest.RootElement.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.Equal(
            ["key.safetensors", "optimiser.safetensors", "query.safetensors", "queues.safetensors", "state.json"], entries.Keys.Order());
        foreach (var (name, entry) in entries)
        {
            var bytes = File.ReadAllBytes(Path.Combine(path, name));
            Assert.Equal(bytes.Length, entry.GetProperty("bytes").GetInt64());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), entry.GetProperty("sha256").GetString());
        }
    }

    [Fact]
    public void Latest_is_a_relative_link_to_the_newest_and_old_ones_go()
    {
        var store = Store(keep: 2);
        for (var step = 100; step <= 500; step += 100) store.Put(step, Snapshots.Of(step));

        Assert.Equal([500L, 400L], store.Steps);
        Assert.Equal("step-00000500", new FileInfo(Path.Combine(store.Folder, "latest")).LinkTarget);
        Assert.Equal(500, CheckpointStore.Load(Path.Combine(store.Folder, "latest")).State.Step);
        Assert.Equal(
            ["latest", "step-00000400", "step-00000500"], Directory.GetFileSystemEntries(store.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_step_that_is_saved_again_replaces_the_former_one()
    {
        var store = Store();
        store.Put(100, Snapshots.Of(1));
        var path = store.Put(100, Snapshots.Of(2));
        Snapshots.AssertSame(Snapshots.Of(2), CheckpointStore.Load(path).Snapshot);
        Assert.Equal(["latest", "step-00000100"], Directory.GetFileSystemEntries(store.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Checkpoints_beyond_an_earlier_one_that_was_gone_back_to_do_not_push_it_out()
    {
        var store = Store(keep: 1);
        store.Put(300, Snapshots.Of(3));
        store.Put(100, Snapshots.Of(1));
        Assert.Equal(100, store.LoadLatest().Checkpoint!.State.Step);
    }

    [Fact]
    public void What_a_killed_process_left_is_never_loaded_and_removed_by_the_next_save()
    {
        var store = Store();
        store.Put(100, Snapshots.Of(1));
        var half = Directory.CreateDirectory(Path.Combine(store.Folder, ".incomplete-step-00000200-x"));
        File.WriteAllText(Path.Combine(half.FullName, "query.safetensors"), "half");
        File.CreateSymbolicLink(Path.Combine(store.Folder, ".incomplete-latest-x"), "step-00000200");

        Assert.Equal(100, store.LoadLatest().Checkpoint!.State.Step);
        store.Put(200, Snapshots.Of(2));
        Assert.Empty(Directory.GetFileSystemEntries(store.Folder, ".*"));
        Assert.Equal(200, store.LoadLatest().Checkpoint!.State.Step);
    }

    [Fact]
    public void Loading_falls_back_to_the_newest_intact_one_and_says_what_was_wrong()
    {
        var store = Store();
        foreach (var step in new[] { 100, 200, 300 }) store.Put(step, Snapshots.Of(step));
        Flip(Path.Combine(store.Folder, "step-00000300", "key.safetensors"));
        File.Delete(Path.Combine(store.Folder, "step-00000200", "manifest.json"));

        var latest = store.LoadLatest();

        Assert.Equal(100, latest.Checkpoint!.State.Step);
        Assert.Collection(
            latest.Warnings,
            w => Assert.Contains("step-00000300", w, StringComparison.Ordinal),
            w => Assert.Contains("manifest.json is missing", w, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("step-00000400", "latest leads to step-00000400, which is not there.")]
    [InlineData("../elsewhere", "latest leads to ../elsewhere, which is not a checkpoint in the same folder.")]
    [InlineData("file", "latest is a file where a link to a checkpoint belongs.")]
    [InlineData("folder", "latest is a folder where a link to a checkpoint belongs.")]
    public void A_lost_latest_is_told_with_what_is_taken_instead(string? left, string expected)
    {
        var store = Store();
        foreach (var step in new[] { 100, 200, 300 }) store.Put(step, Snapshots.Of(step));
        var link = Path.Combine(store.Folder, "latest");
        File.Delete(link);
        if (left == "file") File.WriteAllText(link, "");
        else if (left == "folder") Directory.CreateDirectory(link);
        else if (left is not null) File.CreateSymbolicLink(link, left);

        var latest = store.LoadLatest();

        Assert.Equal(300, latest.Checkpoint!.State.Step);
        var told = Assert.Single(latest.Warnings);
        Assert.Contains(expected, told, StringComparison.Ordinal);
        Assert.EndsWith("The newest checkpoint there, step-00000300, is taken instead.", told, StringComparison.Ordinal);
        foreach (var step in new[] { 100, 200, 300 }) Directory.Delete(store.PathOf(step), recursive: true);
        latest = store.LoadLatest();
        Assert.Null(latest.Checkpoint);
        Assert.Equal(left is null, latest.Warnings.Count == 0);
    }

    [Fact]
    public void Latest_counts_though_newer_checkpoints_are_there_and_nothing_is_said_of_it()
    {
        var store = Store();
        foreach (var step in new[] { 100, 200, 300 }) store.Put(step, Snapshots.Of(step));
        File.Delete(Path.Combine(store.Folder, "latest"));
        File.CreateSymbolicLink(Path.Combine(store.Folder, "latest"), "step-00000200");
        var latest = store.LoadLatest();
        Assert.Equal(200, latest.Checkpoint!.State.Step);
        Assert.Empty(latest.Warnings);
    }

    [Fact]
    public void A_folder_without_checkpoints_has_no_latest()
    {
        var latest = Store().LoadLatest();
        Assert.Null(latest.Checkpoint);
        Assert.Empty(latest.Warnings);
    }

    [Theory]
    [InlineData("query.safetensors")]
    [InlineData("optimiser.safetensors")]
    [InlineData("state.json")]
    public void A_truncated_file_is_named_with_an_earlier_checkpoint_to_use(string name)
    {
        var store = Store();
        store.Put(100, Snapshots.Of(1));
        var path = store.Put(200, Snapshots.Of(2));
        using (var file = File.OpenWrite(Path.Combine(path, name))) file.SetLength(file.Length / 2);

        var fault = Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path));

        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.Contains("step-00000100", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsTransient);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed()
    {
        var path = Store().Put(100, Snapshots.Of(1, floats: 10));
        foreach (var name in new[] { "query.safetensors", "key.safetensors", "queues.safetensors", "state.json" })
        {
            Flip(Path.Combine(path, name));
            Assert.Contains(name, Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path)).Message, StringComparison.Ordinal);
            Flip(Path.Combine(path, name));
        }

        CheckpointStore.Load(path);
    }

    [Theory]
    [InlineData("""{"format":1,"files":null}""")]
    [InlineData("""{"format":1,"files":[null]}""")]
    [InlineData("""{"format":1,"files":[{"name":"../../secret","bytes":1,"sha256":""}]}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void A_manifest_that_is_not_ours_is_refused(string text)
    {
        var path = Store().Put(100, Snapshots.Of(1));
        File.WriteAllText(Path.Combine(path, "manifest.json"), text);
        Assert.Contains(
            "manifest.json", Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_a_later_format_is_refused_by_its_number()
    {
        var path = Store().Put(100, Snapshots.Of(1));
        File.WriteAllText(Path.Combine(path, "manifest.json"), """{"format":9,"files":[]}""");
        Assert.Contains("format 9", Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_architecture_is_refused_with_the_difference()
    {
        var checkpoint = CheckpointStore.Load(Store().Put(100, Snapshots.Of(1)));
        checkpoint.RequireSame(Snapshots.Architecture, Snapshots.Settings);
        var fault = Assert.Throws<CheckpointException>(
            () => checkpoint.RequireSame(Snapshots.Architecture with { Backbone = "resnet50", QueueSize = 32 }, Snapshots.Settings));
        Assert.Contains("backbone: checkpoint resnet18, run resnet50", fault.Message, StringComparison.Ordinal);
        Assert.Contains("queue size: checkpoint 16, run 32", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<CheckpointException>(
            () => checkpoint.RequireSame(Snapshots.Architecture with { Padding = "reflect" }, Snapshots.Settings));
        Assert.Contains("padding: checkpoint zeros, run reflect", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_settings_are_refused_with_the_difference()
    {
        var checkpoint = CheckpointStore.Load(Store().Put(100, Snapshots.Of(1)));
        var now = new Dictionary<string, string>(Snapshots.Settings) { ["cacl.training.batch-size"] = "32", ["cacl.new"] = "on" };
        var fault = Assert.Throws<CheckpointException>(() => checkpoint.RequireSame(Snapshots.Architecture, now));
        Assert.Contains("cacl.training.batch-size: checkpoint 16, run 32", fault.Message, StringComparison.Ordinal);
        Assert.Contains("cacl.new: checkpoint (unset), run on", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_transient_fault_that_names_it()
    {
        File.WriteAllText(_folder.File("checkpoints"), "a file stands in the way");
        var fault = Assert.Throws<CheckpointException>(() => Store().Put(100, Snapshots.Of(1)));
        Assert.True(fault.IsTransient);
        Assert.Contains(_folder.File("checkpoints"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_save_leaves_nothing_behind()
    {
        var store = Store();
        store.Put(100, Snapshots.Of(1));
        Assert.Throws<OperationCanceledException>(
            () => store.Save(Snapshots.State(200), Snapshots.Of(2), new CancellationToken(canceled: true)));
        Assert.Equal(["latest", "step-00000100"], Directory.GetFileSystemEntries(store.Folder).Select(Path.GetFileName).Order());
    }

    private CheckpointStore Store(int keep = 3) => new(_folder.File("checkpoints"), keep);

    // Changes state.json as another program would have written it, and corrects its checksum in the manifest.
    private static void Rewrite(string checkpoint, Action<JsonNode> change)
    {
        var (file, manifest) = (Path.Combine(checkpoint, "state.json"), Path.Combine(checkpoint, "manifest.json"));
        var state = JsonNode.Parse(File.ReadAllBytes(file))!;
        change(state);
        File.WriteAllText(file, state.ToJsonString());
        var listed = JsonNode.Parse(File.ReadAllBytes(manifest))!;
        var entry = listed["files"]!.AsArray().Single(f => (string?)f!["name"] == "state.json")!;
        (entry["bytes"], entry["sha256"]) = (new FileInfo(file).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        File.WriteAllText(manifest, listed.ToJsonString(CheckpointFiles.Json));
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length * 2 / 3] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }
}
