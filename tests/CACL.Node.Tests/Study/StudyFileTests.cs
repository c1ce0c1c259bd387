using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Node.Ending;
using CACL.Node.Study;
using CACL.Testing;

namespace CACL.Node.Tests.Study;

public sealed class StudyFileTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(Workspace.Root, "hocon", "studies");
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Shipped).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_study_that_comes_along_can_be_begun(string name)
    {
        var plan = StudyFile.Read(Path.Combine(Shipped, name), [], new Dictionary<string, string>());
        Assert.NotEmpty(StudyFingerprint.Of(plan));
        foreach (var row in plan.Rows.Where(r => r.Preset.Length > 0))
        {
            var header = File.ReadLines(row.Preset).First();
            foreach (var value in row.Paper.Values.SelectMany(p => new[] { p.Miou, p.Macc }).OfType<double>())
                Assert.Contains($"{value:0.0}", header, StringComparison.Ordinal);
            Assert.Equal(name.StartsWith("table", StringComparison.Ordinal), row.Paper.Count == plan.DataSets.Count);
            Assert.Equal(row.Preset.Contains("-r50-", StringComparison.Ordinal), row.Weights.Length > 0);
        }
    }

    [Fact]
    public void Every_preset_of_a_table_is_in_its_study()
    {
        var used = Files.SelectMany(f => StudyFile.Read(Path.Combine(Shipped, f.Data), [], new Dictionary<string, string>()).Rows)
            .Select(r => r.Preset);
        Assert.Subset(used.ToHashSet(), Directory.EnumerateFiles(Path.Combine(Workspace.Root, "hocon", "tables")).ToHashSet());
    }

    [Fact]
    public void The_settings_of_a_protocol_are_in_the_fingerprint_where_it_is_used()
    {
        string[] Keys(string protocol) =>
        [
            .. StudyFingerprint.Of(Read(
                $$"""study { seeds = [5], datasets = [{ name = set, kind = folder, data = /data/set, protocol = {{protocol}}, variant = quick }], rows = [{ name = a, random = true }] }"""))
                .Keys.Where(k => k.Contains("knn", StringComparison.Ordinal) || k.Contains("clusters", StringComparison.Ordinal)),
        ];
        Assert.Empty(Keys("linear"));
        Assert.Equal(
            ["cacl.evaluation.knn.neighbours", "cacl.evaluation.knn.temperature", "cacl.evaluation.knn.training-pixels",
                "cacl.evaluation.quick.knn-pixels"],
            Keys("knn"));
        Assert.Contains("cacl.evaluation.quick.clusters-pixels", Keys("clusters"));
    }

    [Fact]
    public void The_common_settings_are_stronger_than_presets_and_weaker_than_a_rows_own_and_the_command_line()
    {
        File.WriteAllText(
            _folder.File("preset.conf"),
            "cacl { seed = 9, training { batch-size = 4, max-steps = 1, learning-rate = 3 }, model { bn-splits = 1 } }");
        var plan = Read(
            """
            study { seeds = [5], datasets = ["folder:/data/set"], rows = [{ name = a, preset = preset.conf, settings { cacl.training.learning-rate = 0.5 } }] }
            cacl.training { batch-size = 8, max-steps = 2, learning-rate = 2 }
            """,
            "cacl.training.max-steps=7");
        var settings = StudySettings.OfTraining(plan, plan.Rows[0], 5).Settings;
        Assert.Equal((5UL, 8, 7L, 0.5, 1), (
            settings.Seed, settings.Training.BatchSize, settings.Training.MaxSteps, settings.Training.LearningRate,
            settings.Model.BatchNormSplits));
        Assert.Equal(new StudyDataSet("set", "folder", "/data/set", null, null, "linear", "full", null), Assert.Single(plan.DataSets));
    }

    [Theory]
    [InlineData("true", new double[0])]
    [InlineData("[0.01, 1e-1]", new[] { 0.01, 0.1 })]
    [InlineData("false", null)]
    public void A_data_set_may_ask_for_a_sweep_which_is_part_of_what_is_measured(string asked, double[]? rates)
    {
        string Text(string sweep) =>
            $$"""study { datasets = [{ name = d, kind = voc, data = /d{{sweep}} }], rows = [{ name = a, random = true }] }""";

        var plan = Read(Text($", sweep-learning-rate = {asked}"));
        var job = new EvaluationJob("random", "resnet18", 0, plan.DataSets[0], "a.conf", "out", "log", TimeSpan.FromHours(1));
        var arguments = StudyPrograms.Line(job).Arguments;
        string[] expected = rates is null ? [] : ["--sweep-learning-rate", .. rates.Select(rate => $"{rate}"), "--json"];
        Assert.Equal(expected, arguments.SkipWhile(argument => argument != "--sweep-learning-rate"));
        var (with, without) = (StudyFingerprint.Of(plan), StudyFingerprint.Of(Read(Text(""))));
        Assert.Equal(rates is null, with["data set d"] == without["data set d"]);
    }

    [Fact]
    public void Checkpoints_are_written_where_they_are_judged_and_stay_until_then()
    {
        File.WriteAllText(_folder.File("preset.conf"), "cacl.checkpoints { every-steps = 30, keep = 2 }");
        foreach (var (judged, written) in new[] { (100, 100), (60, 30) })
        {
            var plan = Read($$"""study { evaluate-every-steps = {{judged}}, datasets = ["folder:/d"], rows = [{ name = a, preset = preset.conf }] }""");
            var checkpoints = StudySettings.OfTraining(plan, plan.Rows[0], 0).Settings.Checkpoints;
            Assert.Equal((written, 1000), (checkpoints.EverySteps, checkpoints.Keep));
        }
    }

    [Theory]
    [InlineData("study { rows = [{ name = a, random = true }] }", "study.datasets is empty")]
    [InlineData("study { datasets = [\"folder:/d\"] }", "study.rows is empty")]
    [InlineData("studdy { }", "studdy is not a known key", "Did you mean study?")]
    [InlineData("study { sedes = [1], datasets = [\"folder:/d\"], rows = [{ name = a, random = true }] }", "study.conf:1: study.sedes is "
        + "not a known key", "study.seeds")]
    [InlineData("study { seeds = [1, 1], datasets = [\"folder:/d\"], rows = [{ name = a, random = true }] }", "names 1 twice")]
    [InlineData("study { datasets = [\"flder:/d\"], rows = [{ name = a, random = true }] }", "KIND:DIR")]
    [InlineData("study { datasets = [\"folder:/a/d\", \"folder:/b/d\"], rows = [{ name = a, random = true }] }", "names d twice")]
    [InlineData("study { datasets = [{ name = d, kind = voc, data = /d, fraction = 0.1 }], rows = [{ name = a, random = true }] }", "fraction belongs to protocol = limited")]
    [InlineData("study { datasets = [{ name = d, kind = voc, data = /d, protocol = limited, sweep-learning-rate = true }], rows = [{ name = a, random = true }] }", "sweep-learning-rate belongs to protocol = linear")]
    [InlineData("study { datasets = [{ name = d, kind = voc, data = /d, sweep-learning-rate = [0.1, 0] }], rows = [{ name = a, random = true }] }", "is true, false, or a list of numbers above 0")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [\n{ name = a, preset = none.conf }\n] }", "study.conf:2: row a: preset", "none.conf, which does not exist")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [\n{ name = a, random = true }\n{ name = A, random = true }] }", "study.conf:3", "two rows")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [{ name = a, random = true, checkpoint = b }] }", "exactly one of preset")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [{ name = a, random = true, paper = { miuo = 3 } }] }", "paper.miuo", "miou")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [{ name = a, random = true, paper = 0.382e4 }] }", "in percent")]
    [InlineData("study { datasets = [\"folder:/d\"], rows = [{ name = a, random = true, settings { cacl.seed = 3 } }] }", "settings")]
    public void What_is_wrong_is_told_with_its_place(string text, params string[] expected)
    {
        var fault = Record.Exception(() => Read(text));
        Assert.True(fault is UserException or ConfigurationException, $"{fault}");
        foreach (var words in expected) Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_common_setting_is_told_before_anything_is_trained()
    {
        File.WriteAllText(_folder.File("preset.conf"), "");
        var plan = Read("study { datasets = [\"folder:/d\"], rows = [{ name = a, preset = preset.conf }] }\ncacl.training.max-stepps = 3");
        var fault = Assert.Throws<SettingsException>(() => StudyFingerprint.Of(plan));
        Assert.Contains(
            "study.conf:2: cacl.training.max-stepps is not a known key. Did you mean cacl.training.max-steps?", fault.Message,
            StringComparison.Ordinal);
    }

    private StudyPlan Read(string text, params string[] set)
    {
        File.WriteAllText(_folder.File("study.conf"), text);
        return StudyFile.Read(_folder.File("study.conf"), set, new Dictionary<string, string>());
    }
}
