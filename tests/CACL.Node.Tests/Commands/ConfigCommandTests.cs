using CACL.Configuration.Keys;
using CACL.Node.Ending;
using CACL.Node.Settings;
using CACL.Node.Study;
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
            $"{file} is right: 2 settings differ from their defaults.\n  cacl.data.crop-size = 64  # {file}:1\n  akka.test.word = yes  # "
                + $"{file}:3\n",
            output);
    }

    [Fact]
    public void A_file_that_sets_queues_is_told_for_how_many_videos_they_suit()
    {
        var file = Write("a.conf", "cacl.model.queue-size = 2048\ncacl.model.queue-sizes.global = 96");
        var (status, output, _) = Cacl("check", file);
        Assert.Equal(ExitCodes.Success, status);
        // 2048 rows of 16 pixels of a frame are 128 frames.
        Assert.EndsWith(
            "  Its queues suit 128 videos or more: with fewer, they hold frames of the very video that is to be told apart.\n", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_every_file_is_told()
    {
        var (wrong, right) = (Write("wrong.conf", "cacl.data.crop-siz = 64\ncacl.model.heads = [pixle]"), Write("right.conf", ""));
        var (status, output, error) = Cacl("check", wrong, right, _folder.File("none.conf"), Write("odd.conf", "cacl {"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Equal($"{right} is right: every setting has its default.\n", output);
        Assert.Contains($"{wrong} has 2 faults:", error, StringComparison.Ordinal);
        Assert.Contains(
            $"{wrong}:1: cacl.data.crop-siz is not a known key. Did you mean cacl.data.crop-size?", error, StringComparison.Ordinal);
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
    public void A_study_is_told_with_its_rows()
    {
        var preset = Write("preset.conf", "cacl.training.batch-size = 8");
        var study = Write(
            "study.conf",
            """
            study {
              seeds = [0, 1]
              datasets = [{ name = set, kind = folder, data = ${study.files.set} }]
              rows = [{ name = "none", random = true }, { name = CACL, preset = preset.conf, settings { cacl.training.epochs = 2 } }]
            }
            cacl.data.crop-size = 64
            """);
        var (status, output, error) = Cacl("check", study, preset, "--set", "study.files.set=/data/set");
        var rows = $"  none: an untrained resnet18\n  CACL: {preset}, cacl.training.epochs = 2\n";
        Assert.Equal((ExitCodes.Failure, $"{study} is right: a study of 2 rows, 2 seeds, 1 data set.\n{rows}"), (status, output));
        // The override belongs to the study alone.
        Assert.Contains($"{preset} has 1 fault:", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, Cacl("check", study).Status);
    }

    [Fact]
    public void Every_fault_of_a_studys_rows_is_told_and_variables_that_set_keys_do_not_count()
    {
        Write("preset.conf", "cacl.training.batch-size = 7");
        var study = Write(
            "study.conf",
            """
            study {
              datasets = ["folder:/data/set"]
              rows = [{ name = a, preset = preset.conf }, { name = b, preset = preset.conf, settings { cacl.data.strid = 4 } }]
            }
            cacl.data.crop-siz = 64
            """);
        using var error = new StringWriter();
        var variables = new Dictionary<string, string> { ["CACL_DATA_STRIDE"] = "no number" };
        Assert.Equal(ExitCodes.Failure, ConfigurationCheck.Run([study], [], variables, StudyCheck.Of, TextWriter.Null, error));
        Assert.Contains($"{study} has 3 faults:", error.ToString(), StringComparison.Ordinal);
        string[] faults =
        [
            $"{study}:5: cacl.data.crop-siz is not a known key. Did you mean cacl.data.crop-size?",
            "cacl.training.batch-size is 7",
            $"{study}:3: cacl.data.strid is not",
        ];
        Each.Holds(faults, fault => Assert.Contains(fault, error.ToString(), StringComparison.Ordinal));
        var (status, _, told) = Cacl("check", Write("broken.conf", "study.rows = [{ name = a, preset = none.conf, colour = red }]"));
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Contains("none.conf, which does not exist", told, StringComparison.Ordinal);
        Assert.Contains("colour is not a known key", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_set_keys_do_not_count_and_others_do()
    {
        var file = Write("a.conf", "cacl.data.videos = ${?CLIPS}");
        var variables = new Dictionary<string, string> { ["CLIPS"] = "/clips", ["CACL_DATA_STRIDE"] = "4" };
        using var output = new StringWriter();
        Assert.Equal(ExitCodes.Success, ConfigurationCheck.Run([file], [], variables, (_, _, _) => null, output, TextWriter.Null));
        Assert.Contains("cacl.data.videos = [\"/clips\"]", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("stride", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shown_is_a_configuration_again()
    {
        var file = Write("a.conf", "cacl.data.crop-size = 64");
        var shown = Write("shown.conf", Cacl("show", "--config", file, "--set", "cacl.seed=3").Output);
        Assert.Equal(KnownKeys.All.Count, File.ReadLines(shown).Count(line => line.StartsWith("cacl.", StringComparison.Ordinal)));
        var changed = Cacl("show", "--config", shown, "--changed")
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split("  #")[0]);
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
