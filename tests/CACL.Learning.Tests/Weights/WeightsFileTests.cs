using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class WeightsFileTests : IDisposable
{
    private static readonly Dictionary<string, long[]> Network = new()
    {
        ["conv1.weight"] = [2, 3],
        ["bn1.running_mean"] = [2],
        ["head_global.0.weight"] = [2, 2],
        ["head_global.0.bias"] = [2],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_backbone_of_torchvision_is_taken_and_its_classifier_reported()
    {
        var weights = WeightsFile.LoadInitial(
            Write([
                F32("conv1.weight", 2, 3), F32("bn1.running_mean", 2), F32("fc.weight", 10, 2), F32("fc.bias", 10),
                I64("bn1.num_batches_tracked")]),
            Network);

        Assert.Equal(["bn1.running_mean", "conv1.weight"], weights.Tensors.Select(t => t.Name).Order());
        Assert.Equal([0f, 1, 2, 3, 4, 5], weights.Tensors.Single(t => t.Name == "conv1.weight").Values);
        Assert.Contains(weights.Notes, note => note.Contains("fc.weight", StringComparison.Ordinal));
        Assert.Contains(weights.Notes, note => note.Contains("head_global", StringComparison.Ordinal));
    }

    [Fact]
    public void Heads_that_are_there_are_taken_and_heads_that_are_off_reported()
    {
        var weights = WeightsFile.LoadInitial(Write([.. Whole(), F32("head_cycle.0.bias", 2)]), Network);
        Assert.Equal(Network.Keys.Order(), weights.Tensors.Select(t => t.Name).Order());
        Assert.Contains(weights.Notes, note => note.Contains("head_cycle", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_a_moco_run_are_understood()
    {
        var items = Whole()
            .SelectMany(i => new[] { i with { Name = "module.encoder_q." + i.Name }, i with { Name = "module.encoder_k." + i.Name } });
        Assert.Equal(4, WeightsFile.LoadInitial(Write([.. items]), Network).Tensors.Count);
    }

    [Fact]
    public void A_momentum_network_is_taken_only_where_there_is_no_other()
    {
        var alone = WeightsFile.LoadInitial(Write([.. Whole().Select(i => i with { Name = "encoder_k." + i.Name })]), Network);
        Assert.Contains(alone.Notes, note => note.Contains("'encoder_k.'", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_networks_are_not_chosen_between()
    {
        var two = Whole().SelectMany(i => new[] { i with { Name = "left." + i.Name }, i with { Name = "right." + i.Name } });
        var message = Assert.Throws<WeightsException>(() => WeightsFile.LoadInitial(Write([.. two]), Network)).Message;
        Assert.Contains("'left.', 'right.'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_becomes_single()
    {
        var half = SafeTensorsItem.Of("bn1.running_mean", SafeTensorsType.F16, [2], new byte[] { 0x00, 0x3C, 0x00, 0xC0 });
        var brain = SafeTensorsItem.Of("head_global.0.bias", SafeTensorsType.BF16, [2], new byte[] { 0x80, 0x3F, 0x00, 0xC0 });
        var weights = WeightsFile.LoadInitial(Write([F32("conv1.weight", 2, 3), half, F32("head_global.0.weight", 2, 2), brain]), Network);
        Assert.Equal([1f, -2f], weights.Tensors.Single(t => t.Name == "bn1.running_mean").Values);
        Assert.Equal([1f, -2f], weights.Tensors.Single(t => t.Name == "head_global.0.bias").Values);
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_named()
    {
        var path = Write([F32("conv1.weight", 3, 3), F32("layer9.weight", 1), F32("head_global.0.bias", 2)]);
        var message = Assert.Throws<WeightsException>(() => WeightsFile.LoadInitial(path, Network)).Message;
        Assert.Contains("2 of 4 tensors are missing (bn1.running_mean, head_global.0.weight)", message, StringComparison.Ordinal);
        Assert.Contains("1 are unknown to it (layer9.weight)", message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight is [3, 3] instead of [2, 3]", message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_folder_stands_for_its_query_network()
    {
        SafeTensorsWriter.Write(_folder.File("query.safetensors"), Whole());
        Assert.Equal(4, WeightsFile.LoadInitial(_folder.Path, Network).Tensors.Count);
    }

    [Fact]
    public void A_pickle_is_recognised()
    {
        File.WriteAllText(_folder.File("resnet50.pth"), "PK\u0003\u0004 and so on");
        var message = Assert.Throws<WeightsException>(() => WeightsFile.LoadInitial(_folder.File("resnet50.pth"), Network)).Message;
        Assert.Contains($"cacl import {_folder.File("resnet50.pth")}", message, StringComparison.Ordinal);
    }

    private static SafeTensorsItem[] Whole() => Network.Select(p => F32(p.Key, p.Value)).ToArray();

    private static SafeTensorsItem F32(string name, params long[] shape)
    {
        var count = (int)shape.Aggregate(1L, (a, b) => a * b);
        return SafeTensorsItem.Of(
            name, SafeTensorsType.F32, shape, Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes((float)i)).ToArray());
    }

    private static SafeTensorsItem I64(string name) => SafeTensorsItem.Of(name, SafeTensorsType.I64, [], new byte[8]);

    private string Write(SafeTensorsItem[] items)
    {
        SafeTensorsWriter.Write(_folder.File("weights.safetensors"), items);
        return _folder.File("weights.safetensors");
    }
}
