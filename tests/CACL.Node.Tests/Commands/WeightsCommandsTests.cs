using System.Text.Json;
using CACL.Learning.Networks;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

public sealed class WeightsCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_exported_can_be_imported_again_and_both_say_what_they_did()
    {
        Write("query.safetensors");
        var (backbone, init) = (_folder.File("backbone.safetensors"), _folder.File("init.safetensors"));
        var (status, output, error) = Cacl("export", "--checkpoint", _folder.File("query.safetensors"), "--out", backbone);
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Contains($"{_folder.File("query.safetensors")} holds a ResNet18.", output, StringComparison.Ordinal);
        Assert.Contains($"Written: {backbone}, 120 tensors, 44.7 MB.", output, StringComparison.Ordinal);
        (status, output, error) = Cacl("import", backbone, "--out", init);
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Equal(
            $"{backbone} (safetensors) holds a ResNet18.\nUsed: 100 tensors, 44.7 MB of F32.\n"
            + "Left: 20, counts of batches (bn1.num_batches_tracked, layer1.0.bn1.num_batches_tracked, layer1.0.bn2.num_batches_tracked, "
            + "…).\n"
            + $"Written: {init}. Start a training from it with --init-from {init}\n",
            output);
        var result = JsonDocument.Parse(Cacl("import", backbone, "--out", init, "--overwrite", "--json").Output).RootElement;
        Assert.Equal(("resnet18", 100, 20), (
            result.GetProperty("backbone").GetString(), result.GetProperty("used").GetProperty("tensors").GetInt32(),
            result.GetProperty("left")[0].GetProperty("names").GetArrayLength()));
    }

    [Fact]
    public void Nothing_is_replaced_unasked()
    {
        Write("query.safetensors");
        File.WriteAllText(_folder.File("taken"), "mine");
        foreach (var line in new[] { new[] { "export", "--checkpoint", _folder.File("query.safetensors") }, [
            "import", _folder.File("query.safetensors")] })
        {
            var (status, _, error) = Cacl([.. line, "--out", _folder.File("taken")]);
            Assert.Equal(ExitCodes.Failure, status);
            Assert.Equal($"{_folder.File("taken")} is already there. Replace it with --overwrite, or name another file with --out.\n",
                error);
        }

        Assert.Equal("mine", File.ReadAllText(_folder.File("taken")));
    }

    [Fact]
    public void A_file_that_would_run_something_is_refused_in_a_sentence()
    {
        File.WriteAllBytes(_folder.File("evil.pth"), [0x80, 2, .. "cos\nsystem\n."u8]);
        var (status, _, error) = Cacl("import", _folder.File("evil.pth"), "--out", _folder.File("out"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.StartsWith($"{_folder.File("evil.pth")} cannot be imported: pickles, byte 2: names os.system, which is not on the list of "
            + "what weights need; nothing was run.", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void Where_safetensors_are_wanted_a_file_of_torch_is_sent_to_import()
    {
        File.WriteAllBytes(_folder.File("w.pth"), [.. "PK"u8, 3, 4, 0, 0, 0, 0, 0, 0]);
        var (status, _, error) = Cacl("export", "--checkpoint", _folder.File("w.pth"), "--out", _folder.File("out"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Equal(
            $"{_folder.File("w.pth")} is not a safetensors file. It is a PyTorch file: run cacl import {_folder.File("w.pth")} --out "
                + "init.safetensors, and name what that writes.\n",
            error);
    }

    [Fact]
    public void Only_query_and_key_are_networks() =>
        Assert.Equal(ExitCodes.Usage, Cacl("export", "--checkpoint", "c", "--out", "o", "--network", "teacher").Status);

    private void Write(string name) => SafeTensorsWriter.Write(
        _folder.File(name),
        NetworkShapes.Of(Backbone.ResNet18).Select(t => SafeTensorsItem.Of(t.Name, SafeTensorsType.F32, t.Shape, new byte[t.Count * 4])));

    private static (int Status, string Output, string Error) Cacl(params string[] arguments) =>
        CommandLine.Run(arguments);
}
