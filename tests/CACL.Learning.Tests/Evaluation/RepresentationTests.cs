using CACL.Learning.Evaluation;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Tests.Weights;
using CACL.Learning.Weights;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Evaluation;

public sealed class RepresentationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Random_is_step_0_of_a_training_with_that_seed_and_a_file_is_what_it_holds()
    {
        using var training = new CaclMethod(new CaclOptions { QueueSize = 8, Seed = 5 }, CPU);
        var file = _folder.File("backbone.safetensors");
        SafeTensorsWriter.Write(file, training.Snapshot().Tensors.Where(t => t.Name.StartsWith("query.", StringComparison.Ordinal)).Select(
            t => FloatTensors.Item(t with { Name = t.Name["query.".Length..] })));
        using var random = Representation.Load(Representation.Random, null, 5, CPU);
        using var other = Representation.Load(Representation.Random, null, 6, CPU);
        using var read = Representation.Load(file, null, 6, CPU);
        Assert.Equal(Values(training.Online, random.Backbone), Values(random.Weights, random.Backbone));
        Assert.Equal(Values(random.Weights, random.Backbone), Values(read.Weights, read.Backbone));
        Assert.NotEqual(random.Sha256, other.Sha256);
        Assert.Equal(0L, random.Step);
        Assert.Null(read.Step);
        Assert.Contains(read.Notes, note => note.Contains("heads that are off", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_there_is_told_with_what_may_be_named()
    {
        Refused<WeightsException>(_folder.File("none"), "There is no checkpoint", _folder.File("none"), "Name a run folder");
        Refused<CheckpointException>(_folder.Path, "holds no checkpoint", "checkpoints/latest");
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, (byte)'}', (byte)'q', 0, (byte)'.' })]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 0, 0 })]
    public void A_file_of_torch_is_sent_to_import(byte[] start)
    {
        File.WriteAllBytes(_folder.File("moco.pth.tar"), start);
        Refused<WeightsException>(_folder.File("moco.pth.tar"), $"cacl import {_folder.File("moco.pth.tar")} --out");
    }

    [Fact]
    public void Half_a_file_is_no_file()
    {
        var file = Write("query.safetensors", Backbone.ResNet18, value: 1);
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        Refused<SafeTensorsException>(file, file, "is cut short");
        File.WriteAllBytes(file, []);
        Refused<SafeTensorsException>(file, file);
    }

    [Fact]
    public void Another_network_is_told_from_the_one_that_is_meant()
    {
        var file = Write("r18.safetensors", Backbone.ResNet18, value: 0);
        using (var found = Representation.Load(file, null, 0, CPU)) Assert.Equal(Backbone.ResNet18, found.Backbone);
        Refused<WeightsException>(file, Backbone.ResNet50, "holds a resnet18, not a resnet50", "--backbone");
        SafeTensorsWriter.Write(file, [Item("encoder.weight", [2], 0)]);
        Refused<WeightsException>(file, "holds no ResNet", "layer1.0.conv1.weight");
        SafeTensorsWriter.Write(file, [Item("layer1.0.conv1.weight", [64, 64, 3, 3], 0)]);
        Refused<WeightsException>(file, file, "tensors are missing");
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_however_it_is_reached()
    {
        var run = _folder.File("run");
        var store = new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 1);
        var checkpoint = store.Put(
            100,
            new TrainingSnapshot([new SnapshotTensor("query.layer1.0.conv1.weight", [4], new float[4])], new Dictionary<string, long>()));
        foreach (var path in new[] { run, store.Folder, checkpoint, Path.Combine(checkpoint, "query.safetensors") })
            Assert.Equal(100, BackboneFile.Find(path).Step);
        var file = Path.Combine(checkpoint, "query.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        foreach (var path in new[] { run, store.Folder, checkpoint, file })
            Refused<CheckpointException>(path, checkpoint, "query.safetensors is not what was written");
        File.WriteAllBytes(file, bytes[..^4]);
        Refused<CheckpointException>(run, checkpoint, "bytes instead of");
        File.Delete(file);
        Refused<CheckpointException>(run, checkpoint, "query.safetensors is missing");
    }

    [Fact]
    public void Where_a_runs_latest_is_lost_the_newest_checkpoint_is_taken_and_that_is_told()
    {
        var run = _folder.File("run");
        var store = new CheckpointStore(Path.Combine(run, "checkpoints"), keep: 9);
        var snapshot = new TrainingSnapshot(
            [new SnapshotTensor("query.layer1.0.conv1.weight", [4], new float[4])], new Dictionary<string, long>());
        foreach (var step in new[] { 100, 200 }) store.Put(step, snapshot);
        Assert.Null(BackboneFile.Find(run).Instead);
        File.Delete(Path.Combine(store.Folder, "latest"));
        foreach (var path in new[] { run, store.Folder })
        {
            var found = BackboneFile.Find(path);
            Assert.Equal(200, found.Step);
            Assert.Contains("latest, which names the checkpoint to go on from, is missing. ", found.Instead, StringComparison.Ordinal);
            Assert.Contains("The newest checkpoint there, step-00000200, is taken instead.", found.Instead, StringComparison.Ordinal);
        }

        // A program that follows links copied the folder: the checkpoint itself is there instead of the link.
        CopyFolder(store.PathOf(100), Path.Combine(store.Folder, "latest"));
        Assert.Equal((100L, null), (BackboneFile.Find(run).Step!.Value, BackboneFile.Find(run).Instead));
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static void Refused<T>(string path, params string[] words)
        where T : Exception => Refused<T>(path, null, words);

    private static void Refused<T>(string path, Backbone? backbone, params string[] words)
        where T : Exception
    {
        var message = Assert.Throws<T>(() => Representation.Load(path, backbone, 0, CPU)).Message;
        foreach (var word in words) Assert.Contains(word, message, StringComparison.Ordinal);
    }

    private string Write(string name, Backbone backbone, float value)
    {
        SafeTensorsWriter.Write(_folder.File(name), NetworkShapes.Of(backbone).Select(t => Item(t.Name, t.Shape, value)));
        return _folder.File(name);
    }

    private static SafeTensorsItem Item(string name, long[] shape, float value) =>
        FloatTensors.Item(new SnapshotTensor(name, shape, [.. Enumerable.Repeat(value, (int)shape.Aggregate(1L, (a, b) => a * b))]));

    private static float[] Values(NetworkWeights weights, Backbone backbone)
    {
        var all = new List<float>();
        foreach (var tensor in NetworkShapes.Of(backbone))
        {
            var values = new float[tensor.Count];
            weights.Read(tensor.Name, values);
            all.AddRange(values);
        }

        return [.. all];
    }
}
