using System.Security.Cryptography;
using CACL.Learning.Weights;
using CACL.Testing;

namespace CACL.Learning.Tests.Weights;

/// <summary>Which files of a checkpoint somebody must have who only evaluates it.</summary>
public sealed class CheckpointPartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_with_these_files_alone_is_evaluated_as_the_checkpoint_is()
    {
        var checkpoint = Put();
        var parts = CheckpointPart.ToEvaluate(checkpoint);
        Assert.Equal(["manifest.json", "query.safetensors", "state.json"], parts.Select(part => part.Name).Order(StringComparer.Ordinal));
        Assert.Equal("manifest.json", parts[0].Name);
        var copy = _folder.File("copy");
        Directory.CreateDirectory(copy);
        foreach (var part in parts)
        {
            var bytes = File.ReadAllBytes(Path.Combine(checkpoint, part.Name));
            Assert.Equal((part.Bytes, part.Sha256), (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            File.WriteAllBytes(Path.Combine(copy, part.Name), bytes);
        }

        Assert.True(Directory.GetFiles(checkpoint).Length > parts.Count);
        Assert.Equal(
            BackboneFile.Find(checkpoint) with { File = "", Heads = [] }, BackboneFile.Find(copy) with { File = "", Heads = [] });
    }

    [Fact]
    public void Another_content_has_another_first_hash()
    {
        var (one, other) = (Put(), Put(value: 1));
        Assert.NotEqual(CheckpointPart.ToEvaluate(one)[0].Sha256, CheckpointPart.ToEvaluate(other)[0].Sha256);
    }

    [Fact]
    public void What_is_no_checkpoint_or_an_incomplete_one_is_refused()
    {
        Assert.Throws<CheckpointException>(() => CheckpointPart.ToEvaluate(_folder.Path));
        var checkpoint = Put();
        File.Delete(Path.Combine(checkpoint, "state.json"));
        Assert.Throws<CheckpointException>(() => CheckpointPart.ToEvaluate(checkpoint));
    }

    private string Put(float value = 0) => new CheckpointStore(_folder.File($"checkpoints-{value}"), keep: 1).Put(100, new TrainingSnapshot(
        [
            new SnapshotTensor("query.layer1.0.conv1.weight", [4], [value, 0, 0, 0]),
            new SnapshotTensor("key.layer1.0.conv1.weight", [4], new float[4]),
        ],
        new Dictionary<string, long>()));
}
