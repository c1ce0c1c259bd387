using CACL.Configuration.Keys;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Testing;

namespace CACL.Node.Tests.Commands;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_right_file_is_told_with_what_it_changes_and_where()
    {
        var file = Write("a.conf", "cacl.data.crop-size = 64\ncacl.data.stride = 8\nakka.test.word = yes");
        var (status, output, error) = Cacl("check", file);
        Assert.Equal((ExitCodes.Success, ""), (status, error));
        Assert.Equal(
            $"{file} is right: 2 settings differ from their defaults.\n  cacl.data.crop-size = 64  # {file}:1\n  akka.test.word = yes  # {file}:3\n",
            output);
    }

    [Fact]
    public void Every_fault_of_every_file_is_told()
    {
        var (wrong, right) = (Write("wrong.conf", "cacl.data.crop-siz = 64\ncacl.model.heads = [pixle]"), Write("right.conf", ""));
        var (status, output, error) = Cacl("check", wrong, right, _folder.File("none.conf"), Write("odd.conf", "cacl {"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Equal($"{right} is right: every setting has its default.\n", output);
        Assert.Contains($"{wrong} has 2 faults:", error, StringComparison.Ordinal);
        Assert.Contains($"{wrong}:1: cacl.data.crop-siz is not a known key. Did you mean cacl.data.crop-size?", error, StringComparison.Ordinal);
        Assert.Contains($"{wrong}:2: cacl.model.heads is 'pixle'; allowed is one of", error, StringComparison.Ordinal);
        Assert.Contains("none.conf has 1 fault:", error, StringComparison.Ordinal);
        Assert.Contains("odd.conf has 1 fault:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_checked_together_with_overrides()
    {
        var file = Write("a.conf", "cacl.training.batch-size = 32");
        Assert.Equal(ExitCodes.Success, Cacl("check", file).Status);
        var (status, _, error) = Cacl("check", file, "--set", "cacl.model.bn-splits=5");
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("take a multiple of 5", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_set_keys_do_not_count_and_others_do()
    {
        var file = Write("a.conf", "cacl.data.videos = ${?CLIPS}");
        var variables = new Dictionary<string, string> { ["CLIPS"] = "/clips", ["CACL_DATA_STRIDE"] = "4" };
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Success, ConfigurationCheck.Run([file], [], variables, output, TextWriter.Null));
        Assert.Contains("cacl.data.videos = [\"/clips\"]", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("stride", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_is_a_configuration_again()
    {
        var file = Write("a.conf", "cacl.data.crop-size = 64");
        var shown = Write("shown.conf", Cacl("show", "--config", file, "--set", "cacl.seed=3").Output);
        Assert.Equal(KnownKeys.All.Count, File.ReadLines(shown).Count(line => line.StartsWith("cacl.", StringComparison.Ordinal)));
        var changed = Cacl("show", "--config", shown, "--changed").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split("  #")[0]);
        Assert.Equal(["cacl.data.crop-size = 64", "cacl.seed = 3"], changed);
    }

    [Fact]
    public void Keys_prints_the_page() => Assert.Equal(KeyPage.Render(), Cacl("keys").Output);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private static (int Status, string Output, string Error) Cacl(params string[] arguments) =>
        CommandLine.Run(["config", .. arguments]);
}
