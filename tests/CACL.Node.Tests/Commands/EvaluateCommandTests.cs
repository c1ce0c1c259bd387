using CACL.Learning.Networks;
using CACL.Learning.Weights;
using CACL.Node.Ending;
using CACL.Node.Tests.EndToEnd;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EvaluateCommandTests() => LabelledPictures.Write(_folder.File("data"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Did you mean folder?", "--dataset", "foldr")]
    [InlineData("expected linear, limited, clusters or knn", "--protocol", "cubic")]
    [InlineData("above 0, at most 1", "--fraction", "0")]
    [InlineData("above 0, at most 1", "--fraction", "1.5")]
    [InlineData("--pictures needs a folder to write to: --out DIR.", "--pictures", "2")]
    [InlineData("--beside needs sheets to show the predictions on: --pictures N --out DIR.", "--beside", "other", "--out", "sheets")]
    [InlineData("0 to 10000", "--pictures", "10001", "--out", "sheets")]
    [InlineData("belongs to --protocol linear, where", "--protocol", "limited", "--sweep-learning-rate")]
    [InlineData("--sweep-learning-rate: expected numbers above 0, at most 1000.", "--sweep-learning-rate", "0.1", "0")]
    [InlineData("Cannot parse argument '0,1' for option '--sweep-learning-rate' as a number.", "--sweep-learning-rate", "0,1", "a")]
    public void A_wrong_command_line_is_told(string expected, params string[] options)
    {
        var (status, output, error) = Evaluate("random", options);
        Assert.Equal((ExitCodes.Usage, ""), (status, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.InRange(error.Split('\n').Length, 2, 5);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_used_is_told_in_a_sentence()
    {
        Refused("There is no checkpoint", _folder.File("none"));
        Refused("holds no checkpoint", _folder.File("data"));
        var file = _folder.File("r18.safetensors");
        SafeTensorsWriter.Write(file, NetworkShapes.Of(Backbone.ResNet18).Select(
            t => SafeTensorsItem.Of(t.Name, SafeTensorsType.F32, t.Shape, new byte[t.Count * 4])));
        Refused("holds a resnet18, not a resnet50. Leave --backbone out", file, "--backbone", "resnet50");
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        Refused(file, file);
    }

    [Fact]
    public void Data_that_cannot_be_used_are_told_in_a_sentence()
    {
        Refused(_folder.File("none"), "random", "--data", _folder.File("none"));
        Refused("test", "random", "--test-split", "test");
        foreach (var kind in new[] { "images", "labels" }) Directory.CreateDirectory(_folder.File("data", kind, "empty"));
        Refused("empty", "random", "--train-split", "empty");
        File.Delete(_folder.File("data", "labels", "val", "1.png"));
        Refused("1.png", "random");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told_before_the_work()
    {
        File.WriteAllText(_folder.File("file"), "");
        var (status, output, error) = Evaluate("random", "--out", _folder.File("file", "out"));
        Assert.Equal((ExitCodes.Failure, ""), (status, output));
        Assert.Contains("Name another folder with --out.", error, StringComparison.Ordinal);
    }

    private void Refused(string expected, string checkpoint, params string[] more)
    {
        var (status, _, error) = Evaluate(checkpoint, more);
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    // An option in "more" replaces the one here.
    private (int Status, string Output, string Error) Evaluate(string checkpoint, params string[] more)
    {
        var arguments = new List<string> { "evaluate", "--checkpoint", checkpoint, "--set", "cacl.evaluation.device=cpu", "--set",
            "cacl.evaluation.threads=1" };
        foreach (var (
            option,
            value) in new[] { ("--dataset", "folder"), ("--data", _folder.File("data")), ("--protocol", "linear"), ("--variant", "quick") })
        {
            if (!more.Contains(option)) arguments.AddRange([option, value]);
        }

        return CommandLine.Run([.. arguments, .. more]);
    }
}
