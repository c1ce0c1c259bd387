using System.Runtime.InteropServices;
using CACL.Learning.Networks;
using CACL.Learning.Weights;
using CACL.Learning.Weights.Import;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights.Import;

public sealed class BackboneImportTests : IDisposable
{
    // The script writes a ResNet-18 in many forms, and the numbers that the import of each must return: float32, tensors by name.
    private const string MakeFiles =
        """
        import collections, sys, torch, torchvision
        folder = sys.argv[1]
        torch.manual_seed(1)
        model = torchvision.models.resnet18(num_classes=8)
        for buffer in model.buffers():
            if buffer.dim() == 1: buffer.uniform_(0.5, 1.5)
        state = model.state_dict()
        names = sorted(n for n in state if not n.startswith('fc.') and not n.endswith('num_batches_tracked'))
        def save(name, what, **more):
            torch.save(what, f'{folder}/{name}.pth', **more)
        def expect(name, state):
            with open(f'{folder}/{name}.bin', 'wb') as file:
                for n in names: file.write(state[n].float().contiguous().numpy().tobytes())
        def prefixed(prefix, state): return collections.OrderedDict((prefix + n, t) for n, t in state.items())
        expect('plain', state)
        save('plain', state)
        save('protocol5', {'state_dict': prefixed('module.', state)}, pickle_protocol=5)
        save('old', prefixed('backbone.', state), _use_new_zipfile_serialization=False)
        save('channels_last', {'model': {n: t.contiguous(memory_format=torch.channels_last) if t.dim() == 4 else t for n, t in state.items()}})
        flat = torch.cat([t.reshape(-1).float() for t in state.values()])
        views, at = {}, 0
        for n, t in state.items():
            views[n] = flat[at:at + t.numel()].view(t.shape)
            at += t.numel()
        save('shared', views)
        half = {n: t.half() if t.is_floating_point() else t for n, t in state.items()}
        save('half', half)
        expect('half', half)
        key = {n: t + 1 for n, t in state.items()}
        optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
        for p in model.parameters(): p.grad = torch.ones_like(p)
        optimizer.step()
        moco = prefixed('module.encoder_q.', state)
        moco.update(prefixed('module.encoder_k.', key))
        moco['module.queue'] = torch.randn(4, 16)
        state_now = {n: t.clone() for n, t in state.items()}
        save('moco', {'epoch': 3, 'arch': 'resnet18', 'state_dict': moco, 'optimizer': optimizer.state_dict()})
        expect('moco', state_now)
        expect('key', key)
        """;

    private static readonly Dictionary<string, long[]> Tiny = new()
    {
        ["conv1.weight"] = [2, 3, 1, 1],
        ["bn1.weight"] = [2],
        ["bn1.running_mean"] = [2],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_torch_writes_in_whatever_form_arrives_to_the_bit()
    {
        Python.Run(MakeFiles, _folder.Path);
        Assert.Multiple(
            () => AssertSame("plain", "plain", ""),
            () => AssertSame("protocol5", "plain", "state_dict.module."),
            () => AssertSame("old", "plain", "backbone."),
            () => AssertSame("channels_last", "plain", "model."),
            () => AssertSame("shared", "plain", ""),
            () => AssertSame("half", "half", ""),
            () => AssertSame("moco", "moco", "state_dict.module.encoder_q."),
            () => AssertSame("moco", "key", "state_dict.module.encoder_k.", given: true));
    }

    [Fact]
    public void The_query_network_is_taken_and_everything_else_told()
    {
        using var file = TorchFile.Open(TorchFiles.Made("moco-protocol2.pth"));
        var selection = BackboneSelection.Of(file.Path, file.Tensors, Tiny, prefix: null);
        Assert.Equal("state_dict.module.encoder_q.", selection.Prefix);
        Assert.Equal(Tiny.Keys, selection.Used.Select(u => u.Key));
        Assert.Equal(
            [
                "counts of batches: state_dict.module.encoder_q.bn1.num_batches_tracked",
                "classifier or projection head: state_dict.module.encoder_q.fc.0.weight",
                "momentum network: state_dict.module.encoder_k.conv1.weight state_dict.module.encoder_k.bn1.weight "
                    + "state_dict.module.encoder_k.bn1.running_mean "
                + "state_dict.module.encoder_k.bn1.num_batches_tracked state_dict.module.encoder_k.fc.0.weight",
                "queue of negatives: state_dict.module.queue state_dict.module.queue_ptr",
                "state of the optimiser: optimizer.state.0.momentum_buffer",
            ],
            selection.Left.Select(l => $"{l.Why}: {string.Join(' ', l.Names)}"));
        Assert.Equal(
            "state_dict.module.encoder_k.", BackboneSelection.Of(file.Path, file.Tensors, Tiny, "state_dict.module.encoder_k.").Prefix);
    }

    [Theory]
    [InlineData("encoder_k.", "encoder_k.")]
    [InlineData("teacher.backbone.", "teacher.backbone.")]
    [InlineData("teacher. student.", "student.")]
    [InlineData("encoder_q. encoder_k. momentum_encoder.", "encoder_q.")]
    [InlineData("x_", "x_")]
    [InlineData("net.encoder_q_ net.encoder_k_", "net.encoder_q_")]
    [InlineData("one. two.", null)]
    public void The_network_to_take_is_found_or_asked_for(string prefixes, string? expected)
    {
        var tensors = prefixes.Split(' ')
            .SelectMany(prefix => Tiny.Select(t => new SourceTensor(prefix + t.Key, SafeTensorsType.F32, t.Value)))
            .ToArray();
        if (expected is not null) Assert.Equal(expected, BackboneSelection.Of("f", tensors, Tiny, null).Prefix);
        else Assert.Contains(
            "several networks, under 'one.', 'two.'. Say with --prefix",
            Assert.Throws<WeightsException>(() => BackboneSelection.Of("f", tensors, Tiny, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_such_network_is_told_in_numbers_and_names()
    {
        SourceTensor[] tensors =
        [
            new("m.conv1.weight", SafeTensorsType.F32, [2, 3, 3, 3]),
            new("m.bn1.weight", SafeTensorsType.I64, [2]),
            new("m.layer3.9.conv1.weight", SafeTensorsType.F32, [1]),
        ];
        var message = Assert.Throws<WeightsException>(() => BackboneSelection.Of("file.pth", tensors, Tiny, null)).Message;
        Assert.Contains("file.pth holds under 'm.'", message, StringComparison.Ordinal);
        Assert.Contains("1 are missing (bn1.running_mean)", message, StringComparison.Ordinal);
        Assert.Contains("1 belong to another backbone (layer3.9.conv1.weight)", message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight is [2, 3, 3, 3] instead of [2, 3, 1, 1]", message, StringComparison.Ordinal);
        Assert.Contains("bn1.weight is I64", message, StringComparison.Ordinal);
        message = Assert.Throws<WeightsException>(
            () => BackboneSelection.Of("file.pth", [new("a.b", SafeTensorsType.F32, [1])], Tiny, null)).Message;
        Assert.Contains("none of its 1 tensors is the conv1.weight of one", message, StringComparison.Ordinal);
        Assert.Contains("with or without a prefix (they are called like a.b)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x_", "x_layer")]
    [InlineData("", "stages.0")]
    [InlineData("model.", "block")]
    public void Blocks_without_their_network_are_not_several_networks(string prefix, string layer)
    {
        var names = Network().Keys.Where(name => name.StartsWith("layer", StringComparison.Ordinal));
        SourceTensor[] tensors =
            [.. names.Select(name => new SourceTensor($"{prefix}{layer}{name["layer".Length..]}", SafeTensorsType.F32, Network()[name]))];
        var message = Assert.Throws<WeightsException>(() => BackboneSelection.Of("file.pth", tensors, Network(), null)).Message;
        Assert.Contains($"with or without a prefix (they are called like {prefix}{layer}1.0.", message, StringComparison.Ordinal);
        Assert.Contains("--prefix", message, StringComparison.Ordinal);
        Assert.DoesNotContain("several", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_that_is_joined_on_without_a_dot_is_found_and_dropped()
    {
        var report = BackboneImport.Import(Write("joined.safetensors", "x_", value: 0.5f), _folder.File("init.safetensors"));
        Assert.Equal(("x_", 100), (report.Prefix, report.Tensors));
        Assert.Equal(100, WeightsFile.LoadInitial(_folder.File("init.safetensors"), Network()).Tensors.Count);
    }

    [Fact]
    public void A_safetensors_file_with_other_names_is_imported_once_and_then_starts_a_training()
    {
        var source = Write("source.safetensors", "model.encoder_q.", value: 0.5f);
        var report = BackboneImport.Import(source, _folder.File("init.safetensors"));
        Assert.Equal(
            ("safetensors", Backbone.ResNet18, "model.encoder_q.", 100), (report.Format, report.Backbone, report.Prefix, report.Tensors));
        var start = WeightsFile.LoadInitial(_folder.File("init.safetensors"), Network());
        Assert.Equal(100, start.Tensors.Count);
        Each.Holds(start.Tensors, tensor => Assert.Equal(0.5f, tensor.Values[^1]));
        var again = Assert.Throws<WeightsException>(() => BackboneImport.Import(source, _folder.File("init.safetensors")));
        Assert.Contains("--overwrite", again.Message, StringComparison.Ordinal);
        BackboneImport.Import(source, _folder.File("init.safetensors"), overwrite: true);
        Assert.Equal(["init.safetensors", "source.safetensors"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Numbers_that_no_training_survives_are_refused()
    {
        var message = Assert.Throws<WeightsException>(
            () => BackboneImport.Import(Write("nan.safetensors", "", float.NaN), _folder.File("init.safetensors"))).Message;
        Assert.Contains("conv1.weight holds NaN (element 0)", message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("init.safetensors")));
    }

    private static Dictionary<string, long[]> Network() => NetworkShapes.Of(Backbone.ResNet18).ToDictionary(t => t.Name, t => t.Shape);

    private string Write(string name, string prefix, float value)
    {
        var items = Network().Select(t => FloatTensors.Item(
            new SnapshotTensor(prefix + t.Key, t.Value, [.. Enumerable.Repeat(value, (int)t.Value.Aggregate(1L, (a, b) => a * b))])));
        SafeTensorsWriter.Write(_folder.File(name), items);
        return _folder.File(name);
    }

    private void AssertSame(string file, string expected, string prefix, bool given = false)
    {
        var output = _folder.File($"{file}-{given}.safetensors");
        var report = BackboneImport.Import(_folder.File($"{file}.pth"), output, given ? prefix : null);
        Assert.Equal((prefix, 100), (report.Prefix, report.Tensors));
        var tensors = WeightsFile.LoadInitial(output, Network()).Tensors.OrderBy(t => t.Name, StringComparer.Ordinal);
        ReadOnlySpan<byte> wanted = File.ReadAllBytes(_folder.File($"{expected}.bin"));
        foreach (var tensor in tensors)
        {
            var bytes = MemoryMarshal.AsBytes<float>(tensor.Values);
            Assert.True(wanted.StartsWith(bytes), $"{tensor.Name} of {file} is not that of {expected}");
            wanted = wanted[bytes.Length..];
        }

        Assert.True(wanted.IsEmpty);
    }
}
