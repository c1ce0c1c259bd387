using CACL.Learning.Networks;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

public sealed class HeadDetectionTests : IDisposable
{
    private static readonly HeadSpec[] Heads =
    [
        new("b", 512, 128),
        new("a", 64, 32) { Normalisation = HeadNormalisation.Batch },
        new("d", 48, 32) { Input = 32, Normalisation = HeadNormalisation.Batch },
        new("c", 0, 32) { Input = 32 },
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("module.encoder_q.")]
    public void A_network_that_is_written_is_read_as_what_it_was_built_with(string prefix)
    {
        Write(prefix, NetworkShapes.Of(Backbone.ResNet18, Heads));
        Assert.Equal(["a", "b", "c", "d"], BackboneFile.Find(_folder.File("net.safetensors")).Heads.Select(head => head.Name));
        using var file = SafeTensorsReader.Open(_folder.File("net.safetensors"));
        Assert.Equal(Heads, HeadDetection.HeadsIn(file, 512, ["b", "a", "d", "c"]));
    }

    [Fact]
    public void Shapes_that_no_head_has_make_none()
    {
        Write("", [
            .. NetworkShapes.Of(Backbone.ResNet18), new NetworkTensor("head_x.0.weight", [512], false),
            new NetworkTensor("head_y.0.bias", [3], false)]);
        Assert.Empty(BackboneFile.Find(_folder.File("net.safetensors")).Heads);
    }

    private void Write(string prefix, IReadOnlyList<NetworkTensor> tensors) => SafeTensorsWriter.Write(
        _folder.File("net.safetensors"),
        tensors.Select(t => SafeTensorsItem.Of(prefix + t.Name, SafeTensorsType.F32, t.Shape, new byte[4 * t.Count])));
}
