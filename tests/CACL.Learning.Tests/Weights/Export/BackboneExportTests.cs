using System.Globalization;
using System.Security.Cryptography;
using CACL.Learning.Methods.Cacl;
using CACL.Learning.Networks;
using CACL.Learning.Verification;
using CACL.Learning.Weights;
using CACL.Learning.Weights.Export;
using CACL.Testing;
using static TorchSharp.torch;

namespace CACL.Learning.Tests.Weights.Export;

public sealed class BackboneExportTests : IDisposable
{
    private const int Side = 64;

    // The script reads a safetensors file by itself, as Debian packages no reader; it dilates torchvision's networks and compares features.
    private const string Compare =
        """
        import json, struct, sys, torch, torchvision
        def load(path):
            with open(path, 'rb') as file:
                header = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
                data = bytearray(file.read())
            types = {'F32': torch.float32, 'I64': torch.int64}
            tensors = {}
            for name, entry in header.items():
                if name == '__metadata__': continue
                begin, end = entry['data_offsets']
                tensors[name] = torch.frombuffer(data[begin:end], dtype=types[entry['dtype']]).reshape(entry['shape'])
            return tensors
        backbone, weights, features = sys.argv[1:]
        if backbone == 'resnet50':
            model = torchvision.models.resnet50(replace_stride_with_dilation=[False, True, True])
        else:
            model = torchvision.models.resnet18()
            for stage, before, after in ((model.layer3, 1, 2), (model.layer4, 2, 4)):
                for i, block in enumerate(stage):
                    d = before if i == 0 else after
                    for convolution in (block.conv1, block.conv2):
                        convolution.stride, convolution.dilation, convolution.padding = (1, 1), (d, d), (d, d)
                stage[0].downsample[0].stride = (1, 1)
        missing, unexpected = model.load_state_dict(load(weights), strict=False)
        assert missing == ['fc.weight', 'fc.bias'] and not unexpected, (missing, unexpected)
        model.eval()
        model.avgpool = model.fc = torch.nn.Identity()
        case = load(features)
        with torch.no_grad():
            x = model.layer4(model.layer3(model.layer2(model.layer1(model.maxpool(model.relu(model.bn1(model.conv1(case['images']))))))))
        assert x.shape == case['features'].shape, x.shape
        print((x - case['features']).abs().max().item() / max(1.0, x.abs().max().item()), x.abs().max().item())
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Backbone.ResNet18)]
    [InlineData(Backbone.ResNet50)]
    public void Torchvision_computes_the_same_features_from_what_is_exported(Backbone backbone)
    {
        Write("query.safetensors", backbone);
        BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("backbone.safetensors"));
        WriteFeatures(backbone);
        var output = Python.Run(
            Compare, backbone.ToString().ToLowerInvariant(), _folder.File("backbone.safetensors"),
            _folder.File("features.safetensors")).Split(' ');
        Assert.InRange(double.Parse(output[0], CultureInfo.InvariantCulture), 0, 1e-4);
        // Features without content would be equal, too.
        Assert.InRange(double.Parse(output[1], CultureInfo.InvariantCulture), 0.01, 1e6);
    }

    [Fact]
    public void A_checkpoint_gives_either_network_with_or_without_heads()
    {
        var run = Checkpoint();
        var report = BackboneExport.Export(run, _folder.File("query.out"));
        Assert.Equal((Backbone.ResNet18, 42L, 120), (report.Backbone, report.Step, report.Tensors));
        Assert.Empty(report.Heads);
        using (var file = SafeTensorsReader.Open(_folder.File("query.out")))
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(report.Source))), file.Metadata["checkpoint_sha256"]);
            Assert.Equal(("resnet18", "42", "query"), (file.Metadata["backbone"], file.Metadata["step"], file.Metadata["network"]));
            Assert.Equal(("I64 []", "F32 [64, 3, 7, 7]"), (file["bn1.num_batches_tracked"].Describe(), file["conv1.weight"].Describe()));
            Assert.Equal(1f, FloatTensors.Read(file, file["conv1.weight"])[0]);
        }

        report = BackboneExport.Export(run, _folder.File("key.out"), momentumNetwork: true, withHeads: true);
        Assert.Equal(124, report.Tensors);
        Assert.Equal([CaclHeads.Spec(Heads.Pixel, Backbone.ResNet18)], report.Heads);
        using var key = SafeTensorsReader.Open(_folder.File("key.out"));
        Assert.Equal(2f, FloatTensors.Read(key, key["head_pixel.0.weight"])[0]);
        Assert.Equal(("key", "pixel"), (key.Metadata["network"], key.Metadata["heads"]));
    }

    [Fact]
    public void Nothing_is_overwritten_unasked_and_no_half_file_appears()
    {
        Write("query.safetensors", Backbone.ResNet18);
        File.WriteAllText(_folder.File("taken"), "mine");
        Refused("--overwrite", () => BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("taken")));
        Assert.Equal("mine", File.ReadAllText(_folder.File("taken")));
        BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("taken"), overwrite: true);
        Refused("There is no folder", () => BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("none", "out")));
        Refused("holds no heads", () => BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("out"), withHeads: true));
        Refused(
            "is not in a checkpoint",
            () => BackboneExport.Export(_folder.File("query.safetensors"), _folder.File("out"), momentumNetwork: true));
        Assert.Equal(["query.safetensors", "taken"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    private static void Refused(string expected, Action export) =>
        Assert.Contains(expected, Assert.Throws<WeightsException>(export).Message, StringComparison.Ordinal);

    /// <summary>Makes METHOD.md §10's weights, with running statistics other than 0 and 1.</summary>
    private void Write(string name, Backbone backbone) =>
        SafeTensorsWriter.Write(_folder.File(name), NetworkShapes.Of(backbone).Select(
            t => FloatTensors.Item(new SnapshotTensor(t.Name, t.Shape, NamedNumbers.Weight(t.Name, t.Shape, 1)))));

    private void WriteFeatures(Backbone backbone)
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(backbone, [], CPU);
        foreach (var tensor in weights.Tensors) weights.Write(tensor.Name, NamedNumbers.Weight(tensor.Name, tensor.Shape, 1));
        var numbers = NamedNumbers.Uniform("images", 2 * 3 * Side * Side, 1);
        using var _ = no_grad();
        var features = new ResNet(weights).Forward(tensor(numbers, [2, 3, Side, Side]), training: false).contiguous();
        SafeTensorsWriter.Write(
            _folder.File("features.safetensors"),
            [
                FloatTensors.Item(new SnapshotTensor("images", [2, 3, Side, Side], numbers)),
                FloatTensors.Item(new SnapshotTensor("features", features.shape, [.. features.data<float>()])),
            ]);
    }

    /// <summary>Makes a run folder with a checkpoint of step 42: its query network is all 1, its key network all 2.</summary>
    private string Checkpoint()
    {
        var tensors = new List<SnapshotTensor>();
        foreach (var (prefix, value) in new[] { ("query.", 1f), ("key.", 2f) })
        {
            foreach (var tensor in NetworkShapes.Of(Backbone.ResNet18, CaclHeads.Spec(Heads.Pixel, Backbone.ResNet18)))
                tensors.Add(new SnapshotTensor(prefix + tensor.Name, tensor.Shape, [.. Enumerable.Repeat(value, (int)tensor.Count)]));
        }

        var snapshot = new TrainingSnapshot(tensors, new Dictionary<string, long>());
        new CheckpointStore(_folder.File("run", "checkpoints"), keep: 1)
            .Save(Snapshots.State(42), snapshot, TestContext.Current.CancellationToken);
        return _folder.File("run");
    }
}
