using CACL.Actors.Contracts;
using CACL.Configuration.Hocon;
using CACL.Configuration.Keys;
using CACL.Data.DataSets;
using CACL.Node.Settings;
using CACL.Runs.Evaluations;
using CACL.Testing;

namespace CACL.Node.Tests.Settings;

public sealed class TrainingEvaluationSettingsTests
{
    [Fact]
    public void Data_sets_are_texts_or_objects()
    {
        var settings = Load(
            "cacl.evaluation.datasets=[\"folder:/data/camvid\", {name = few, kind = voc, data = \"/data/voc 12\", test-split = test, "
                + "protocol = limited, fraction = 0.05}]",
            "cacl.evaluation.when=[\"loss < 4.2\", \"epoch>=3\"]").Settings.TrainingEvaluation;
        Assert.Equal(
            [
                new EvaluatedDataSet("camvid", DataSetKind.Folder, "/data/camvid"),
                new EvaluatedDataSet("few", DataSetKind.Voc, "/data/voc 12") { TestSplit = "test", Protocol = "limited", Fraction = 0.05 },
            ],
            settings.DataSets);
        var options = settings.ToOptions();
        Assert.Equal(
            [new EvaluationTarget("camvid", "linear", "quick"), new EvaluationTarget("few", "limited", "quick", 0.05)], options.Targets);
        Assert.Equal(["loss < 4.2", "epoch >= 3"], options.Schedule.When.Select(c => c.ToString()));
    }

    [Fact]
    public void A_data_set_may_have_a_period_of_its_own_and_one_folder_two_protocols()
    {
        var settings = Load(
            "cacl.evaluation.datasets=[\"folder:/data/camvid\", {name = often, kind = folder, data = /data/camvid, protocol = knn, "
                + "every-steps = 200}]",
            "cacl.evaluation.every-epochs=3").Settings.TrainingEvaluation;
        var options = settings.ToOptions();
        Assert.Equal([new EvaluationTarget("camvid", "linear", "quick"), new EvaluationTarget("often", "knn", "quick")], options.Targets);
        Assert.Equal([new EvaluationPeriod(0, 3), new EvaluationPeriod(200, 0)], options.Periods(0));
    }

    [Theory]
    [InlineData("cacl.evaluation.datasets=folder:/data/camvid")]
    [InlineData("cacl.evaluation.datasets={kind = folder, data = /data/camvid}")]
    [InlineData("cacl.evaluation.datasets=[{name = camvid, kind = folder, data = /data/camvid}]")]
    public void One_alone_is_a_list_of_one(string set) =>
        Assert.Equal([new EvaluatedDataSet("camvid", DataSetKind.Folder, "/data/camvid")], Load(set).Settings.TrainingEvaluation.DataSets);

    [Fact]
    public void What_is_rendered_reads_back()
    {
        using var folder = new TemporaryFolder();
        var first = Load(
            "cacl.evaluation.datasets=[\"folder:/data/cam\", {name = b, kind = cityscapes, data = \"/x y\", train-split = train, variant "
                + "= full, protocol = limited, fraction = 0.1, every-steps = 0, every-epochs = 2}]",
            "cacl.evaluation.when=top1_global > 0.25");
        File.WriteAllText(folder.File("config.resolved.conf"), first.Render());
        var second = ConfigurationFiles.Load([folder.File("config.resolved.conf")], [], new Dictionary<string, string>());
        Assert.Equal(first.Settings.TrainingEvaluation.DataSets, second.Settings.TrainingEvaluation.DataSets);
        Assert.Equal(first.Settings.TrainingEvaluation.When, second.Settings.TrainingEvaluation.When);
        Assert.Equal(first.Keys.Select(k => (k.Key, k.Text)), second.Keys.Select(k => (k.Key, k.Text)));
    }

    [Theory]
    [InlineData("camvid", "KIND:DIR")]
    [InlineData("[[a]]", "a list or null")]
    [InlineData("kitti:/data", "one of cityscapes, voc, folder")]
    [InlineData("folder:/", "calls a data set ''")]
    [InlineData("[\"folder:/a/x\", \"voc:/b/x\"]", "names x more than once")]
    [InlineData("{kind = voc}", "without kind or data")]
    [InlineData("{kind = voc, data = /a, protcol = linear}", "Did you mean protocol?")]
    [InlineData("{kind = voc, data = /a, protocol = cubic}", "linear, limited, clusters, knn")]
    [InlineData("{kind = voc, data = /a, variant = slow}", "full, quick")]
    [InlineData("{kind = voc, data = /a, fraction = 2}", "above 0, at most 1")]
    [InlineData("{kind = voc, data = /a, every-steps = often}", "a whole number, 0 for none")]
    [InlineData("{kind = voc, data = /a, every-epochs = -1}", "a whole number, 0 for none")]
    [InlineData("{kind = voc, data = [/a]}", "data is not a single value")]
    public void A_faulty_data_set_is_told(string value, string words)
    {
        var message = Assert.Throws<SettingsException>(() => Load($"cacl.evaluation.datasets={value}")).Message;
        Assert.Contains("cacl.evaluation.datasets", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loss is low", "NAME < NUMBER")]
    [InlineData("miou > 0.3", "top1_global")]
    public void A_faulty_condition_is_told(string when, string words) =>
        Assert.Contains(
            words, Assert.Throws<SettingsException>(() => Load($"cacl.evaluation.when=\"{when}\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_condition_on_a_head_that_is_off_is_told() =>
        Assert.Contains(
            "the cycle head is off",
            Assert.Throws<SettingsException>(() => Load("cacl.model.heads=[global]", "cacl.evaluation.when=\"loss_cycle < 3\"")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Evaluation_and_http_may_change_on_resume() =>
        Assert.DoesNotContain(
            Load().Fingerprint.Keys,
            key => key.StartsWith("cacl.evaluation", StringComparison.Ordinal) || key.StartsWith("cacl.http", StringComparison.Ordinal));

    [Fact]
    public void A_token_is_needed_where_others_may_come_in_and_is_written_nowhere()
    {
        Assert.Contains(
            "CACL_HTTP_TOKEN", Assert.Throws<SettingsException>(() => Load("cacl.http.host=0.0.0.0")).Message, StringComparison.Ordinal);
        var configuration = Load("cacl.http.host=0.0.0.0", "cacl.http.token=geheim");
        Assert.Equal("geheim", configuration.Settings.Http.Token);
        Assert.DoesNotContain("geheim", configuration.Render(), StringComparison.Ordinal);
        Assert.DoesNotContain(configuration.Keys, k => k.ToString().Contains("geheim", StringComparison.Ordinal));
        Assert.Equal("", Load("cacl.http.host=localhost", "cacl.http.port=1234").Settings.Http.Token);
        Assert.Contains(
            "auto or a whole number", Assert.Throws<SettingsException>(() => Load("cacl.http.port=http")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "IP address", Assert.Throws<SettingsException>(() => Load("cacl.http.host=example.org")).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> OddSecrets => new MatrixTheoryData<string, string>(
        SecretSettings.Keys,
        ["geheim", "[geheim", "[geheim]", "{geheim", "{ a = geheim }", "${geheim}", "${geheim", "\"geheim", "geheim # not a comment", "a=geheim"]);

    [Theory]
    [MemberData(nameof(OddSecrets))]
    public void A_secret_is_taken_as_it_is_and_never_repeated(string key, string secret)
    {
        foreach (var other in (string[])["cacl.seed=1", "cacl.seed=wrong", "nothing.such=1"])
        {
            foreach (var fromEnvironment in (bool[])[false, true])
            {
                var environment = new Dictionary<string, string>();
                if (fromEnvironment) environment[EnvironmentOverrides.Variable(key)] = secret;
                string[] sets = fromEnvironment ? [other] : [$"{key}={secret}", other];
                string told;
                try
                {
                    var configuration = ConfigurationFiles.Load([], sets, environment);
                    told = configuration.Render() + string.Join('\n', configuration.Keys);
                    if (key == "cacl.http.token") Assert.Equal(secret, configuration.Settings.Http.Token);
                }
                catch (ConfigurationException e)
                {
                    told = e.ToString();
                    Assert.NotEqual("cacl.seed=1", other);
                }

                Assert.DoesNotContain("geheim", told, StringComparison.Ordinal);
            }
        }
    }

    private static ResolvedConfiguration Load(params string[] sets) => ConfigurationFiles.Load([], sets, new Dictionary<string, string>());
}
